// Package history keeps results in a folder, so that a later scan can be held against an
// earlier one. It leaves comparing to report/diff.
//
// The folder holds one file for each scan, TIME-SCAN.json.gz: the result document,
// compressed, named by when it was kept. So the files sort by time, each can be read by
// anybody with gunzip, and what is old is deleted by deleting files. Only their owner may
// read them. A file is written beside its place and then renamed: a reader never meets
// half of one.
package history

import (
	"compress/gzip"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"time"

	"onus/report"
	"onus/report/jsonresult"
)

// Folder is a history.
type Folder string

// layout names files, in UTC: it sorts as time does.
const layout = "20060102T150405.000000Z"

var fileForm = regexp.MustCompile(`^\d{8}T\d{6}\.\d{6}Z-[0-9A-Za-z_-]+\.json\.gz$`)

var unfit = regexp.MustCompile(`[^0-9A-Za-z_-]+`)

// Make makes the folder where it is not, and tries whether it can be written to.
func (f Folder) Make() error {
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(string(f), ".onus-")
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

// Keep adds a result, and says where. The findings are ranged over as Write does.
func (f Folder) Keep(at time.Time, r report.Result) (path string, err error) {
	file, err := os.CreateTemp(string(f), ".onus-")
	if err != nil {
		return "", err
	}
	defer os.Remove(file.Name()) // gone already where the rename went well
	packed := gzip.NewWriter(file)
	if err := errors.Join(jsonresult.Write(packed, r), packed.Close(), file.Sync(), file.Close()); err != nil {
		return "", err
	}
	path = filepath.Join(string(f), at.UTC().Format(layout)+"-"+unfit.ReplaceAllString(r.Scan.ID, "_")+".json.gz")
	return path, os.Rename(file.Name(), path)
}

// files are the results in the folder, oldest first. A folder that is not there is empty.
func (f Folder) files() ([]string, error) {
	entries, err := os.ReadDir(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var out []string
	for _, e := range entries {
		if e.Type().IsRegular() && fileForm.MatchString(e.Name()) {
			out = append(out, filepath.Join(string(f), e.Name()))
		}
	}
	slices.Sort(out)
	return out, err
}

// kept is a file of the folder with the beginning of its document.
type kept struct {
	path string
	scan report.Scan
	sum  report.Summary
}

// newest yields the results from the newest to the oldest, and which files are damaged.
func (f Folder) newest(yield func(k kept, damaged string) bool) error {
	files, err := f.files()
	if err != nil {
		return err
	}
	for _, path := range slices.Backward(files) {
		k, err := head(path)
		damaged := ""
		if err != nil {
			damaged = path
		}
		if !yield(k, damaged) {
			return nil
		}
	}
	return nil
}

func head(path string) (k kept, err error) {
	file, err := os.Open(path)
	if err != nil {
		return k, err
	}
	defer file.Close()
	k.path = path
	err = jsonresult.Read(file, jsonresult.Parts{
		Scan:    func(s report.Scan) error { k.scan = s; return nil },
		Summary: func(s report.Summary) error { k.sum = s; return jsonresult.ErrEnough },
	})
	return k, err
}

// Last are the paths of the last two results of one account, or "" for what there is not:
// of the newest result's account where none is named. Damaged files are passed over and
// named.
func (f Folder) Last(account string) (before, after string, damaged []string, err error) {
	var accounts []string
	err = f.newest(func(k kept, bad string) bool {
		switch {
		case bad != "":
			damaged = append(damaged, bad)
		case account != "" && !slices.Contains(k.scan.Accounts, account):
		case after == "":
			after, accounts = k.path, k.scan.Accounts
		case slices.Equal(sorted(accounts), sorted(k.scan.Accounts)):
			before = k.path
			return false
		}
		return true
	})
	return before, after, damaged, err
}

// Longest is how many past scans a trend shows.
const Longest = 30

// Past are the last results that a new one can be held against, oldest first: of the same
// accounts, and narrowed in the same way. Damaged files are passed over and named.
func (f Folder) Past(now report.Scan) (past []report.Past, damaged []string, err error) {
	err = f.newest(func(k kept, bad string) bool {
		switch {
		case bad != "":
			damaged = append(damaged, bad)
		case k.scan.ID == now.ID, !slices.Equal(sorted(k.scan.Accounts), sorted(now.Accounts)), !alike(k.scan.NarrowedTo, now.NarrowedTo):
		default:
			past = append(past, report.PastOf(k.scan, k.sum))
		}
		return len(past) < Longest
	})
	slices.Reverse(past)
	return past, damaged, err
}

// alike says that two scans looked at the same part of an account.
func alike(a, b *report.Narrowing) bool {
	if a == nil || b == nil {
		return a == b
	}
	return reflect.DeepEqual(*a, *b)
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }
