// Package emulators provides AWS emulators to tests: it starts moto or LocalStack,
// fills it with a known account, and says what a scan of that account must find. It
// is for tests alone and leaves three things to others: installing the emulators
// (.ci/emulators/install, run by make emulators), scanning, and the fake endpoint of
// package mocks, which needs no Python.
//
// A server belongs to the test that started it: it listens on a loopback port of its
// own, keeps its files in the test's scratch folder, and is stopped with all its
// children when the test ends, or dies. Where an emulator is not installed, the test
// fails and says what to run; it is never skipped.
//
// The findings that a scan of the seeded account must give stand in the
// tables of expected, written by hand and read by Expected.
package emulators
