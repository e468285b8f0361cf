package online

import (
	"path/filepath"
	"strings"

	"github.com/orbfilter/orbfilter/diagnose/host"
)

// readConfig reads what pip's settings say of its index: files, the nearest last, and variables
// in front of them all.
func readConfig(h *host.Host) map[string]string {
	out := map[string]string{}
	files := []string{"/etc/pip.conf", "/etc/xdg/pip/pip.conf", filepath.Join(h.Home, ".pip", "pip.conf"), filepath.Join(either(h.Getenv("XDG_CONFIG_HOME"), filepath.Join(h.Home, ".config")), "pip", "pip.conf"),
		filepath.Join(h.Home, "Library", "Application Support", "pip", "pip.conf"), filepath.Join(h.Getenv("APPDATA"), "pip", "pip.ini")}
	if venv := h.Getenv("VIRTUAL_ENV"); venv != "" {
		files = append(files, filepath.Join(venv, "pip.conf"))
	}
	if own := h.Getenv("PIP_CONFIG_FILE"); own != "" {
		files = append(files, h.Abs(own))
	}
	for _, file := range files {
		section := ""
		for line := range strings.Lines(string(h.Small(file))) {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "[") {
				section = strings.Trim(line, "[]")
			}
			name, value, ok := strings.Cut(line, "=")
			if ok && (section == "global" || section == "install") && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, ";") {
				out[strings.ReplaceAll(strings.TrimSpace(name), "_", "-")] = strings.TrimSpace(value)
			}
		}
	}
	for variable, name := range map[string]string{"PIP_INDEX_URL": "index-url", "PIP_PROXY": "proxy", "PIP_CERT": "cert"} {
		if v := h.Getenv(variable); v != "" {
			out[name] = v
		}
	}
	return out
}
