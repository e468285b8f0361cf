package locks

import (
	"strconv"
	"strings"
)

// poetrySpec writes Poetry's caret and tilde, and a version alone, as PEP 440
// does: ^25.5.1 is >=25.5.1,<26; ~25.5 is >=25.5,<25.6.
func poetrySpec(text string) string {
	parts := strings.Split(text, ",")
	for i, part := range parts {
		part = strings.TrimSpace(part)
		switch rest := strings.TrimLeft(part, "^~"); {
		case strings.HasPrefix(part, "^"):
			part = ">=" + rest + ",<" + next(rest, firstNonZero(rest))
		case strings.HasPrefix(part, "~") && !strings.HasPrefix(part, "~="):
			part = ">=" + rest + ",<" + next(rest, min(1, strings.Count(rest, ".")))
		case part == "*":
			part = ">=0"
		case part != "" && part[0] >= '0' && part[0] <= '9':
			part = "==" + part
		}
		parts[i] = strings.ReplaceAll(part, " ", "")
	}
	return strings.Join(parts, ",")
}

// next raises one part of a version and drops those behind it.
func next(version string, part int) string {
	parts := strings.Split(version, ".")
	n, err := strconv.Atoi(parts[part])
	if err != nil {
		return version
	}
	return strings.Join(append(parts[:part:part], strconv.Itoa(n+1)), ".")
}

func firstNonZero(version string) int {
	parts := strings.Split(version, ".")
	for i, p := range parts {
		if p != "0" {
			return i
		}
	}
	return len(parts) - 1
}
