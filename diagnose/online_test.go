package diagnose_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/diagnose"
	"github.com/orbfilter/orbfilter/diagnose/diagnosetest"
	"github.com/orbfilter/orbfilter/diagnose/environ"
)

// answers are what an index and OSV say, by the path that is asked for.
func answers(w http.ResponseWriter, r *http.Request) {
	switch name := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/pypi/"), "/json"); {
	case r.URL.Path == "/v1/querybatch":
		body, _ := io.ReadAll(r.Body)
		var out []string
		for _, q := range strings.Split(string(body), `"version":`)[1:] {
			if strings.HasPrefix(q, `"4.0.0"`) {
				out = append(out, `{"vulns": [{"id": "GHSA-abcd-1234"}, {"id": "evil\u001b[31m id"}]}`)
				continue
			}
			out = append(out, `{}`)
		}
		_, _ = io.WriteString(w, `{"results": [`+strings.Join(out, ",")+`]}`)
	case name == "gevent":
		_, _ = io.WriteString(w, `{"info": {"name": "gevent"}, "releases": {"25.9.1": [{"yanked": false}], "26.9.0": [{"yanked": false, "requires_python": ">=3.9"}], "27.0.0": [{"yanked": true}], "27.1.0": [{"requires_python": ">=3.15"}], "28.0a1": [{}], "banana": [{}], "29.0": []}}`)
	default:
		_, _ = io.WriteString(w, `{"info": {"name": "`+name+`"}, "releases": {"0.1": [{}]}}`)
	}
}

// TestOnline: newer releases for this Python, and known vulnerabilities; of the packages that it
// is about, and nothing else is sent.
func TestOnline(t *testing.T) {
	var mu sync.Mutex
	var sent []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		sent = append(sent, r.Method+" "+r.URL.String()+" "+string(body))
		for name, values := range r.Header {
			assert.Contains(t, []string{"User-Agent", "Accept-Encoding", "Content-Type", "Content-Length"}, name, values)
		}
		mu.Unlock()
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		answers(w, r)
	}))
	defer server.Close()
	m := diagnosetest.NewMachine(t, map[string]string{"work/requirements.txt": "gevent==25.9.1\nour-secret-package==1.0\n"})
	site := m.Venv("env", "3.12.1", diagnosetest.Healthy)
	diagnosetest.Tree(t, site, map[string]string{"our_secret_package-1.0.dist-info/METADATA": diagnosetest.Meta("1.0")})
	m.Env["PIP_INDEX_URL"], m.Env["ORBFILTER_OSV_URL"] = server.URL+"/simple/", server.URL
	d := doctorOnline(t, m, t.Context())
	r := d.Result("online-releases")
	assert.Equal(t, diagnose.Info, r.Status)
	assert.Equal(t, []string{"gevent 26.9.0 is out: your pin can go (requirements.txt:1, gevent==25.9.1)."}, r.Detail)
	r = d.Result("online-vulnerabilities")
	assert.Equal(t, diagnose.Warn, r.Status)
	assert.Equal(t, []string{"paramiko 4.0.0: GHSA-abcd-1234."}, r.Detail)
	for _, s := range sent {
		assert.NotContains(t, s, "secret")
		assert.NotContains(t, s, m.Top())
	}
	n := len(sent)
	doctorOnline(t, m, t.Context())
	assert.Len(t, sent, n, "answers are kept for an hour")
}

func doctorOnline(t *testing.T, m *diagnosetest.Machine, ctx context.Context) *diagnose.Diagnosis {
	t.Helper()
	doctor := &diagnose.Doctor{Host: m.Host, Rules: diagnosetest.Builtin(), Request: environ.Request{}}
	d := doctor.Run(t.Context())
	before := len(d.Results)
	doctor.Online(ctx, d, nil)
	assert.Len(t, d.Results, before+2)
	return d
}

// TestOnlineBadAnswers: whatever is answered, it is "could not ask", no version is wrong, and the
// other checks are unharmed.
func TestOnlineBadAnswers(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(answers))
	defer elsewhere.Close()
	over := make(chan struct{})
	defer close(over)
	for name, answer := range map[string]http.HandlerFunc{
		"garbage": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>\x00\xff")) },
		"empty":   func(http.ResponseWriter, *http.Request) {},
		"null":    func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("null")) },
		"500":     func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) },
		"404":     func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) },
		"slow":    func(http.ResponseWriter, *http.Request) { <-over },
		"elsewhere": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+r.URL.Path, http.StatusFound)
		},
		"on and on": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path+"x", http.StatusFound) },
		"other": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"info": {"name": "evil"}, "releases": {"99": [{}]}, "results": [{}]}`))
		},
		"cut off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(`{"info"`))
		},
		"endless": func(w http.ResponseWriter, _ *http.Request) { endless(w, over) },
		"wrong kinds": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"info": 1, "releases": [], "results": {}}`))
		},
		"no releases": func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(`{"info": {"name": "gevent"}}`)) },
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(answer)
			defer server.CloseClientConnections()
			bad(t, server.URL, "")
		})
	}
	t.Run("nobody listens", func(t *testing.T) { bad(t, "http://127.0.0.1:1", "") })
	t.Run("no address", func(t *testing.T) { bad(t, "nonsense", "") })
	t.Run("expired certificate", func(t *testing.T) {
		server, ca := expired(t)
		defer server.Close()
		bad(t, server.URL, ca)
	})
}

// TestOnlineOneOfThem: what one of the two does not answer, is not said of the other.
func TestOnlineOneOfThem(t *testing.T) {
	good := httptest.NewServer(http.HandlerFunc(answers))
	defer good.Close()
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }))
	defer broken.Close()
	for _, c := range []struct{ index, osv, unknown, known string }{
		{good.URL, broken.URL, "online-vulnerabilities", "online-releases"},
		{broken.URL, good.URL, "online-releases", "online-vulnerabilities"},
	} {
		m := diagnosetest.NewMachine(t, nil)
		m.Venv("env", "3.12.1", diagnosetest.Healthy)
		m.Env["PIP_INDEX_URL"], m.Env["ORBFILTER_OSV_URL"] = c.index+"/simple", c.osv
		d := doctorOnline(t, m, t.Context())
		assert.Equal(t, diagnose.Unknown, d.Result(c.unknown).Status)
		assert.Contains(t, d.Result(c.unknown).Found, "could not ask")
		assert.NotEqual(t, diagnose.Unknown, d.Result(c.known).Status)
		assert.NotEmpty(t, d.Result(c.known).Detail)
	}
}

func endless(w http.ResponseWriter, over chan struct{}) {
	for {
		select {
		case <-over:
			return
		default:
			if _, err := w.Write([]byte(strings.Repeat(" ", 1<<16))); err != nil {
				return
			}
		}
	}
}

func bad(t *testing.T, address, cert string) {
	t.Helper()
	m := diagnosetest.NewMachine(t, nil)
	m.Venv("env", "3.12.1", diagnosetest.Healthy)
	m.Env["PIP_INDEX_URL"], m.Env["ORBFILTER_OSV_URL"], m.Env["PIP_CERT"] = address+"/simple", address, cert
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	d := doctorOnline(t, m, ctx)
	for _, id := range []string{"online-releases", "online-vulnerabilities"} {
		r := d.Result(id)
		assert.Equal(t, diagnose.Unknown, r.Status, id)
		assert.Contains(t, r.Found, "could not ask")
		assert.NotContains(t, strings.Join(r.Detail, " "), "99")
	}
	assert.Equal(t, diagnose.OK, d.Result("package-gevent").Status)
	assert.Equal(t, "25.9.1", d.Environment.Version("gevent"))
	assert.False(t, d.Lost)
}

// expired is a server whose certificate has expired, and the file of who signed it.
func expired(t *testing.T) (*httptest.Server, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(-24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	server := httptest.NewUnstartedServer(http.HandlerFunc(answers))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	return server, file
}
