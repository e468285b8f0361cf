//go:build unix

package main

func writeTable(name string, runs []*run, t *table, now any) error { return nil }
