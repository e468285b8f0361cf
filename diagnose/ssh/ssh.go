// Package ssh reads the files that SSH clients read: keys, known_hosts, config. It connects to
// nobody.
package ssh

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // known_hosts has it so
	"encoding/base64"
	"encoding/binary"
	"path"
	"strings"
)

// Encrypted reports whether a private key needs a passphrase; ok is false where the text is no
// private key that is known here.
func Encrypted(key []byte) (encrypted, ok bool) {
	begin := bytes.Index(key, []byte("-----BEGIN "))
	if begin < 0 {
		return false, false
	}
	head, rest, _ := bytes.Cut(key[begin:], []byte("\n"))
	head = bytes.TrimSpace(head)
	switch {
	case !bytes.HasSuffix(head, []byte("PRIVATE KEY-----")):
		return false, false
	case bytes.Contains(head, []byte("ENCRYPTED")), bytes.Contains(rest[:min(len(rest), 200)], []byte("Proc-Type: 4,ENCRYPTED")):
		return true, true
	case !bytes.Contains(head, []byte("OPENSSH")):
		return false, true
	}
	body, _, _ := bytes.Cut(rest, []byte("-----END"))
	data, _ := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(body)), ""))
	const magic = "openssh-key-v1\x00"
	if !bytes.HasPrefix(data, []byte(magic)) || len(data) < len(magic)+4 {
		return false, false
	}
	data = data[len(magic):]
	n := binary.BigEndian.Uint32(data)
	if uint32(len(data)-4) < n {
		return false, false
	}
	return string(data[4:4+n]) != "none", true
}

// Known reports whether a known_hosts file has a key of a host; port is 0 for the usual one.
func Known(file []byte, host, port string) bool {
	name := host
	if port != "" && port != "0" && port != "22" {
		name = "[" + host + "]:" + port
	}
	for line := range strings.Lines(string(file)) {
		fields := strings.Fields(line)
		if len(fields) > 0 && strings.HasPrefix(fields[0], "@") {
			if fields[0] == "@revoked" {
				continue
			}
			fields = fields[1:]
		}
		if len(fields) >= 3 && !strings.HasPrefix(fields[0], "#") && names(fields[0], name) {
			return true
		}
	}
	return false
}

// names reports whether the first field of a line is about a host: a list of patterns, or a hash.
func names(field, name string) bool {
	if rest, ok := strings.CutPrefix(field, "|1|"); ok {
		salt, sum, _ := strings.Cut(rest, "|")
		key, errKey := base64.StdEncoding.DecodeString(salt)
		want, errWant := base64.StdEncoding.DecodeString(sum)
		mac := hmac.New(sha1.New, key)
		mac.Write([]byte(name))
		return errKey == nil && errWant == nil && hmac.Equal(mac.Sum(nil), want)
	}
	return matches(strings.Split(field, ","), name)
}

// matches reports whether a host is among patterns, of which none that begins with ! is it.
func matches(patterns []string, name string) (in bool) {
	for _, p := range patterns {
		rest, not := strings.CutPrefix(p, "!")
		if ok := glob(strings.ToLower(rest), strings.ToLower(name)); ok && not {
			return false
		} else if ok {
			in = true
		}
	}
	return in
}

// glob knows * and ?, and nothing else: [host]:22 is a name.
func glob(pattern, name string) bool {
	ok, err := path.Match(strings.NewReplacer("[", `\[`, "]", `\]`, "/", "_").Replace(pattern), strings.ReplaceAll(name, "/", "_"))
	return err == nil && ok
}

// A Config is what an ssh_config says of one host.
type Config struct {
	HostName string // where it is; empty: its name
	Port     string
	Keys     []string // IdentityFile, as they are written
	Proxy    bool     // it is reached through another one
	Open     bool     // Match or Include may say more
}

// Of reads what a file says of a host: the first value counts.
func Of(file []byte, host string) (c Config) {
	here := true
	for line := range strings.Lines(string(file)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, value, _ := strings.Cut(strings.Replace(line, "=", " ", 1), " ")
		value = strings.Trim(strings.TrimSpace(value), `"`)
		switch key = strings.ToLower(key); {
		case key == "host":
			here = matches(strings.Fields(value), host)
		case key == "match":
			here, c.Open = false, true
		case key == "include":
			c.Open = true
		case !here:
		case key == "hostname" && c.HostName == "":
			c.HostName = strings.ReplaceAll(value, "%h", host)
		case key == "port" && c.Port == "":
			c.Port = value
		case key == "identityfile":
			c.Keys = append(c.Keys, value)
		case key == "proxyjump" || key == "proxycommand":
			c.Proxy = c.Proxy || !strings.EqualFold(value, "none")
		}
	}
	return c
}
