package policyfile

import (
	"encoding/json"
	"maps"
	"slices"

	"onus/checks/regions/residency"
)

// Schema returns a JSON Schema (draft 2020-12) of the policy file for what is
// known, indented, for editors and other validators. It takes what Parse takes but
// for what a schema cannot see: bounds by CheckInfo.Check, a port range that ends
// before it begins, a day that does not exist, a glob that fits no check, how a number
// was written (0x10, 1.0, an account id without quotes whose leading zeros YAML drops),
// and anchors, tags and repeated keys.
func Schema(known Known) []byte {
	properties := map[string]any{}
	for _, s := range sections() {
		properties[s.key] = s.schema(known)
	}
	schema := map[string]any{
		"$schema":              "https://json-schema.org/draft/2020-12/schema",
		"$id":                  "urn:onus:policy:v1",
		"title":                "Onus policy file (onus.yaml)",
		"type":                 []string{"object", "null"}, // an empty file asks for the defaults
		"properties":           properties,
		"additionalProperties": false,
		"not":                  map[string]any{"type": "object", "required": []string{"residency", "allowed_regions"}},
		"$defs": map[string]any{
			"word":   map[string]any{"type": "string", "enum": residency.Words()},
			"region": map[string]any{"type": "string", "enum": regionNames()},
			"port": map[string]any{"anyOf": []any{
				map[string]any{"type": "integer", "minimum": 0, "maximum": 65535},
				map[string]any{"type": "string", "pattern": portRange.String()},
			}},
		},
	}
	out, _ := json.MarshalIndent(schema, "", "  ") // cannot fail: our literals, and defaults that are JSON already
	return append(out, '\n')
}

func residencySchema(Known) any {
	return map[string]any{
		"description": "Where data may lie: a country, a jurisdiction such as eu, or a Region, or a list of them, by the table of " + residency.Date + ".",
		"anyOf": []any{
			map[string]any{"$ref": "#/$defs/word"},
			map[string]any{"type": "array", "minItems": 1, "items": map[string]any{"$ref": "#/$defs/word"}},
		},
	}
}

func allowedRegionsSchema(Known) any {
	return map[string]any{
		"description": "The Regions in which data may lie, in place of residency.",
		"type":        "array", "minItems": 1, "items": map[string]any{"$ref": "#/$defs/region"},
	}
}

func closedRegionsSchema(Known) any {
	return map[string]any{
		"description": "Regions that an SCP closes.",
		"type":        "array", "items": map[string]any{"$ref": "#/$defs/region"},
	}
}

func knownAccountsSchema(Known) any {
	return map[string]any{
		"description": "Ids of accounts that are known, 12 digits. Put those with a leading zero in quotes.",
		"type":        "array",
		"items": map[string]any{"anyOf": []any{
			map[string]any{"type": "string", "pattern": accountID.String()},
			map[string]any{"type": "integer", "minimum": 100_000_000_000, "maximum": 999_999_999_999},
		}},
	}
}

func checksSchema(known Known) any {
	properties := map[string]any{}
	for _, id := range slices.Sorted(maps.Keys(known.Checks)) {
		properties[id] = map[string]any{
			"type": "object",
			"properties": map[string]any{
				"enabled":    boolean.schema,
				"severity":   map[string]any{"type": "string", "enum": Severities},
				"parameters": parametersSchema(known.Checks[id]),
			},
			"additionalProperties": false,
		}
	}
	return map[string]any{
		"description": "Settings of checks, by check id.",
		"type":        "object", "properties": properties, "additionalProperties": false,
	}
}

func parametersSchema(info CheckInfo) any {
	properties := map[string]any{}
	for name, fallback := range info.Parameters {
		kind, ok := kindOf(fallback)
		if !ok {
			properties[name] = false // as Parse, which takes no value for it
			continue
		}
		property := map[string]any{}
		maps.Copy(property, kind.schema)
		if value, err := json.Marshal(fallback); err == nil { // a default that JSON cannot hold goes unmentioned
			property["default"] = json.RawMessage(value)
		}
		properties[name] = property
	}
	return map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
}
