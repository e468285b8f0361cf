//go:build linux

package main

import (
	"math/rand/v2"
	"syscall"
	"time"
)

var (
	endings = []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT}
	deaths  = []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGPIPE, syscall.SIGABRT, syscall.SIGALRM, syscall.SIGUSR1, syscall.SIGBUS}
)

// kinds are all kinds of faults, in the order of the table.
var kinds = []faultKind{
	{name: "nothing", modes: everywhere, whole: true, same: true, seen: "the run",
		set: func(*rand.Rand, *schedule) {}},
	{name: "Ctrl-C, or another signal to all", modes: everywhere, whole: true, same: true, seen: "the last words of the command; a loop ends, as without",
		set: func(r *rand.Rand, s *schedule) { s.sends(r, pick(r, endings), group); s.held = true }},
	{name: "a signal to run", modes: []mode{wrapped, terminal}, whole: true, same: true, seen: "the command gets it",
		set: func(r *rand.Rand, s *schedule) {
			s.sends(r, pick(r, []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2}), us)
			s.held = true
		}},
	{name: "a signal to the pipe", modes: []mode{piped}, same: true, seen: "it ends as cat does; after Ctrl-C at the end of its input",
		set: func(r *rand.Rand, s *schedule) { s.sends(r, pick(r, endings), us) }},
	{name: "kill -9 of orbfilter", modes: []mode{piped, wrapped}, same: true, seen: "what is there is right, up to there",
		set: func(r *rand.Rand, s *schedule) { s.sends(r, syscall.SIGKILL, us) }},
	{name: "orbfilter is stopped for a while", modes: everywhere, whole: true, same: true, seen: "a pause",
		set: func(r *rand.Rand, s *schedule) { s.stops(r, us) }},
	{name: "the command is stopped for a while", modes: everywhere, whole: true, same: true, seen: "a pause",
		set: func(r *rand.Rand, s *schedule) { s.stops(r, child) }},
	{name: "the disk is full under standard output", modes: []mode{piped, wrapped}, lives: true, seen: "cannot write: no space left on device; exit code 3, or 125; the command goes on",
		set: func(r *rand.Rand, s *schedule) {
			if s.devFull = r.IntN(2) == 0; !s.devFull {
				s.toFile, s.limit = true, 1+r.IntN(8)
			}
		}},
	{name: "the disk is full under the audit", modes: []mode{piped, wrapped}, whole: true, lives: true, seen: "what could not be kept there was shown; exit code 3, or the command's",
		set: func(r *rand.Rand, s *schedule) { s.fills(r, "--audit", "a.orb") }},
	{name: "the disk is full under a report", modes: []mode{piped, wrapped}, whole: true, lives: true, seen: "--report: no space left on device; exit code 3, or the command's",
		set: func(r *rand.Rand, s *schedule) {
			s.fills(r, "--report", pick(r, []string{"json=r.json", "html=r.html", "sarif=r.sarif", "md=/dev/full", "junit=/dev/full"}))
		}},
	{name: "the disk is full under the history", modes: []mode{piped, wrapped}, whole: true, lives: true, seen: "nothing: it is for doctor alone",
		set: func(r *rand.Rand, s *schedule) { s.fills(r) }},
	{name: "the disk is full under the baseline", modes: []mode{scanned}, whole: true, seen: "it is not written; exit code 3",
		set: func(r *rand.Rand, s *schedule) { s.fills(r, "--write-baseline", "base") }},
	{name: "the disk is full under scan --output", modes: []mode{scanned}, whole: true, seen: "which log; it is as it was; exit code 3",
		set: func(r *rand.Rand, s *schedule) { s.fills(r, "--output", "clean") }},
	{name: "the reader goes away", modes: []mode{piped, wrapped}, lives: true, seen: "nobody reads the output any more, at once; a deploy goes on",
		set: func(r *rand.Rand, s *schedule) { s.toFile, s.closes = false, r.IntN(3000) }},
	{name: "the reader does not read for a while", modes: []mode{piped, wrapped}, whole: true, same: true, seen: "a pause",
		set: func(r *rand.Rand, s *schedule) {
			s.toFile, s.blocks, s.does.Lines = false, time.Duration(r.IntN(400))*time.Millisecond, s.does.Lines*20
		}},
	{name: "a signal to all, and the reader does not read for a while", modes: []mode{piped, wrapped}, whole: true, same: true, seen: "a pause, and the last words",
		set: func(r *rand.Rand, s *schedule) {
			s.sends(r, pick(r, endings), group)
			s.held, s.toFile, s.blocks, s.does.Lines = true, false, time.Duration(r.IntN(400))*time.Millisecond, s.does.Lines*20
		}},
	{name: "the command dies", modes: everywhere, whole: true, same: true, seen: "all that it said; the shell sees the signal",
		set: func(r *rand.Rand, s *schedule) { s.does.DieAt, s.does.DieBy = 1+r.IntN(s.does.Lines), pick(r, deaths) }},
	{name: "the command leaves a process behind", modes: []mode{wrapped, terminal}, whole: true, same: true, seen: "the prompt, at once; what the process writes is passed on",
		set: func(r *rand.Rand, s *schedule) {
			s.toFile, s.does.Daemon, s.does.Linger = true, 1+r.IntN(60), pick(r, []time.Duration{time.Millisecond, 10 * time.Millisecond, 80 * time.Millisecond})
		}},
	{name: "the command floods", modes: everywhere, whole: true, same: true, seen: "the run",
		set: func(r *rand.Rand, s *schedule) { s.does.Lines, s.does.Every = 20000, 0 }},
	{name: "the command changes the terminal", modes: []mode{terminal}, whole: true, same: true, seen: "the terminal as it is without",
		set: func(r *rand.Rand, s *schedule) {
			s.does.Stty = pick(r, [][]string{{"-echo"}, {"raw"}, {"-icanon", "min", "1"}, {"-opost"}, {"rows", "12", "cols", "34"}, {"intr", "^X"}})
			if r.IntN(2) == 0 {
				s.does.DieAt, s.does.DieBy = 1+r.IntN(s.does.Lines), pick(r, deaths)
			}
		}},
	{name: "the command closes its output", modes: everywhere, whole: true, same: true, seen: "the run; its exit code",
		set: func(r *rand.Rand, s *schedule) { s.does.Closes = 1 + r.IntN(s.does.Lines) }},
}

func (s *schedule) sends(r *rand.Rand, sig syscall.Signal, to target) {
	s.signal, s.to = sig, to
	s.gate(r)
}

func (s *schedule) stops(r *rand.Rand, who target) {
	s.sends(r, syscall.SIGSTOP, who)
	s.resume = time.Duration(1+r.IntN(250)) * time.Millisecond
}

// fills lets no file have more than a few blocks, and has something written.
func (s *schedule) fills(r *rand.Rand, args ...string) {
	s.toFile, s.limit, s.args = false, 1+r.IntN(3), args
}
