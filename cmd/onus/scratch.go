package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// owner is the file in a scratch folder that says whose it is.
type owner struct {
	Host string `json:"host"`
	PID  int    `json:"pid"`
}

// claim makes a scratch folder. One that a killed run left is cleared, and that is said;
// one that a run may still use is not.
func claim(s streams, dir string) error {
	host, _ := os.Hostname() // "" on a machine that has no name
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrExist) {
		if err := clear(dir, host); err != nil {
			return err
		}
		fmt.Fprintf(s.err, "cleared %s, which a run that was killed left behind\n", dir)
		err = os.Mkdir(dir, 0o700)
	}
	if err != nil {
		return badInput("%q cannot be made: %v", dir, plain(err))
	}
	text, err := json.Marshal(owner{host, os.Getpid()})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "owner"), text, 0o600)
	}
	if err != nil {
		return badInput("%q cannot be written: %v", dir, plain(err))
	}
	return nil
}

func clear(dir, host string) error {
	if info, err := os.Lstat(dir); err != nil || !info.IsDir() {
		return badInput("%q is in the way and is not a folder of Onus: remove it, or name another file", dir)
	}
	var o owner
	text, err := os.ReadFile(filepath.Join(dir, "owner"))
	if err == nil {
		err = json.Unmarshal(text, &o)
	}
	switch {
	case err != nil && os.Remove(dir) == nil:
		return nil // it was empty: killed before it said whose it is
	case err != nil:
		return badInput("%q is in the way and is not a folder of Onus: remove it, or name another file", dir)
	case o.Host != host:
		return badInput("%q belongs to a run on host %q: if that has ended, remove the folder", dir, o.Host)
	case o.PID != os.Getpid() && alive(o.PID):
		return badInput("process %d is writing this file already (%q): wait for it, or name another file", o.PID, dir)
	}
	if err := os.RemoveAll(dir); err != nil {
		return badInput("%q cannot be removed: %v", dir, plain(err))
	}
	return nil
}

// alive asks by the signal that does nothing (POSIX kill).
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	err = p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, syscall.EPERM)
}
