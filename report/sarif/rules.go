package sarif

import (
	"strings"
	"time"

	"onus/report"
	"onus/report/mend"
	"onus/report/visible"
	"onus/scanner/snapshot"
)

type tool struct {
	Driver driver `json:"driver"`
}

type driver struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Rules   []rule `json:"rules"`
}

type rule struct {
	ID                   string            `json:"id"`
	ShortDescription     message           `json:"shortDescription"`
	FullDescription      message           `json:"fullDescription"`
	Help                 message           `json:"help"`
	DefaultConfiguration map[string]string `json:"defaultConfiguration"`
	Properties           ruleProperties    `json:"properties"`
}

type ruleProperties struct {
	Tags             []string `json:"tags"`
	SecuritySeverity string   `json:"security-severity"`
	Precision        string   `json:"precision"`
}

// toolOf is Onus with the checks that ran as its rules.
func toolOf(r report.Result) tool {
	d := driver{Name: "Onus", Version: visible.Text(r.Scan.ToolVersion), Rules: []rule{}}
	for _, c := range r.Checks {
		tags := []string{"security", "category/" + string(c.Category), "duty/" + string(c.Duty), "service-kind/" + string(c.ServiceKind)}
		for _, q := range r.Frameworks[c.ID] {
			tags = append(tags, "framework/"+q.Framework+"/"+q.Requirement)
		}
		sections := mend.Sections(c)
		d.Rules = append(d.Rules, rule{
			ID: c.ID, ShortDescription: message{Text: c.Title}, FullDescription: message{Text: c.Title + "."},
			Help: message{
				Text:     mend.Text(sections) + "\n\nRests on: " + strings.Join(c.Reads, ", "),
				Markdown: mend.Markdown(sections) + "\n\n**Rests on:** `" + strings.Join(c.Reads, "`, `") + "`",
			},
			DefaultConfiguration: map[string]string{"level": levels[c.Severity].level},
			Properties:           ruleProperties{tags, levels[c.Severity].number, "very-high"},
		})
	}
	return tool{d}
}

type invocation struct {
	Successful    bool           `json:"executionSuccessful"`
	Start         string         `json:"startTimeUtc"`
	End           string         `json:"endTimeUtc"`
	Notifications []notification `json:"toolExecutionNotifications"`
}

type notification struct {
	Level   string  `json:"level"`
	Message message `json:"message"`
}

// invocationOf says how the scan went, and each call that it could not read.
func invocationOf(r report.Result) invocation {
	out := invocation{
		Successful: r.Scan.Interrupted == "", Start: r.Scan.Started.UTC().Format(time.RFC3339), End: r.Scan.Finished.UTC().Format(time.RFC3339),
		Notifications: []notification{},
	}
	note := func(level, text string) {
		out.Notifications = append(out.Notifications, notification{level, message{Text: visible.Text(text)}})
	}
	if r.Scan.Interrupted != "" {
		note("error", "the scan was interrupted: "+r.Scan.Interrupted)
	}
	if r.Scan.RegionsUnread != "" {
		note("error", "the account's Regions are not known: "+r.Scan.RegionsUnread)
	}
	for _, c := range r.Coverage {
		if c.Status == snapshot.OK || c.Status == snapshot.NotOptedIn {
			continue
		}
		text := c.Operation + " in " + c.Account + "/" + c.Region + ": " + string(c.Status)
		if c.Error != nil && c.Error.Code != "" {
			text += " (" + c.Error.Code + ")"
		}
		note("warning", text)
	}
	return out
}
