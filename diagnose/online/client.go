// Package online asks the package index for newer releases, and OSV for known vulnerabilities. It
// sends names and versions of packages, and nothing else; and nobody but doctor --online uses it.
package online

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/orbfilter/orbfilter/diagnose/host"
)

// Limits of questions.
const (
	Limit     = 15 * time.Second // for all together
	maxAnswer = 32 << 20
	fresh     = time.Hour // how old an answer may be
)

// A Client asks an index and OSV.
type Client struct {
	index *url.URL // of the JSON API, https://pypi.org/pypi
	osv   *url.URL
	http  *http.Client
	cache string // a folder; empty: nothing is kept
}

// New returns a client for the index that pip would ask: its index-url, proxy and certificates.
func New(h *host.Host) (*Client, error) {
	c := readConfig(h)
	index, err := apiOf(c["index-url"])
	if err != nil {
		return nil, err
	}
	osv, err := url.Parse(either(h.Getenv("ORBFILTER_OSV_URL"), "https://api.osv.dev"))
	if err != nil || osv.Host == "" {
		return nil, errors.New("ORBFILTER_OSV_URL is no address")
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSHandshakeTimeout: Limit, ResponseHeaderTimeout: Limit, MaxResponseHeaderBytes: 64 << 10}
	if proxy := c["proxy"]; proxy != "" {
		address, err := url.Parse(proxy)
		if err != nil || address.Host == "" {
			return nil, errors.New("pip's proxy is no address")
		}
		transport.Proxy = http.ProxyURL(address)
	}
	if file := c["cert"]; file != "" {
		pem, err := h.Read(h.Abs(file), host.MaxText)
		pool := x509.NewCertPool()
		if err != nil || !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("pip's certificates, %s, cannot be read", file)
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	return &Client{index: index, osv: osv, http: &http.Client{Transport: transport, CheckRedirect: stay}, cache: cacheOf(h)}, nil
}

// apiOf is where the JSON API of an index is: beside its simple one.
func apiOf(simple string) (*url.URL, error) {
	u, err := url.Parse(either(simple, "https://pypi.org/simple"))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("pip's index-url is no address")
	}
	path := strings.TrimSuffix(strings.TrimSuffix(u.Path, "/"), "/simple")
	u.Path, u.RawQuery, u.Fragment = path+"/pypi", "", ""
	return u, nil
}

// maxRedirects is enough for an index that writes names another way.
const maxRedirects = 3

// stay follows an answer that leads elsewhere on the same host, and none that leads to another.
func stay(r *http.Request, via []*http.Request) error {
	if r.URL.Host != via[0].URL.Host || r.URL.Scheme != via[0].URL.Scheme {
		return errors.New("it leads to another host")
	}
	if len(via) > maxRedirects {
		return errors.New("it leads on and on")
	}
	return nil
}

// ask sends a question and returns the answer, that of the last hour if there is one. The error
// says in a few words why there is none, without an address, which may hold a password.
func (c *Client) ask(ctx context.Context, method string, to *url.URL, question []byte, into any) error {
	key := c.key(to, question)
	if data := c.kept(key); data != nil && json.Unmarshal(data, into) == nil {
		return nil
	}
	r, err := http.NewRequestWithContext(ctx, method, to.String(), bytes.NewReader(question))
	if err != nil {
		return errors.New("it has no address")
	}
	r.Header.Set("User-Agent", "orbfilter")
	if question != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return errors.New(reason(ctx, err))
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers with %d", answer.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	switch {
	case err != nil:
		return errors.New(reason(ctx, err))
	case len(data) > maxAnswer:
		return errors.New("its answer does not end")
	case json.Unmarshal(data, into) != nil:
		return errors.New("it answers with something else than was asked for")
	}
	c.keep(key, data)
	return nil
}

// reason is the cause of an error of the network.
func reason(ctx context.Context, err error) string {
	if ctx.Err() != nil {
		return "no answer in time"
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return "its name is not known here (" + dns.Err + ")"
	}
	return host.Cause(err)
}

func (c *Client) key(to *url.URL, question []byte) string {
	sum := sha256.Sum256([]byte(to.Redacted() + "\n" + string(question)))
	return hex.EncodeToString(sum[:16]) + ".json"
}

func cacheOf(h *host.Host) string {
	switch dir := h.Getenv("XDG_CACHE_HOME"); {
	case filepath.IsAbs(dir):
		return filepath.Join(dir, "orbfilter", "online")
	case h.GOOS == "darwin" && h.Home != "":
		return filepath.Join(h.Home, "Library", "Caches", "orbfilter", "online")
	case h.GOOS == "windows" && h.Getenv("LOCALAPPDATA") != "":
		return filepath.Join(h.Getenv("LOCALAPPDATA"), "orbfilter", "cache", "online")
	case h.Home != "":
		return filepath.Join(h.Home, ".cache", "orbfilter", "online")
	}
	return ""
}

// kept is an answer of the last hour, or nil.
func (c *Client) kept(key string) []byte {
	file := filepath.Join(c.cache, key)
	info, err := os.Stat(file)
	if c.cache == "" || err != nil || !info.Mode().IsRegular() || time.Since(info.ModTime()) > fresh || time.Since(info.ModTime()) < 0 || info.Size() > maxAnswer {
		return nil
	}
	data, _ := os.ReadFile(file)
	return data
}

// keep writes an answer whole or not at all. That it cannot be kept is no failure.
func (c *Client) keep(key string, data []byte) {
	if c.cache == "" || os.MkdirAll(c.cache, 0o700) != nil {
		return
	}
	file, err := os.CreateTemp(c.cache, ".new-*")
	if err != nil {
		return
	}
	_, err = file.Write(data)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), filepath.Join(c.cache, key))
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
}

func either(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
