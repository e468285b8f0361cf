package command

import (
	"slices"
	"strings"
)

// An option is one that was given, by its name, with what follows it.
type option struct{ name, value string }

// options are those that a program takes, as words: "v" and "verbose" stand alone, "n:" and
// "adjustment=" take an argument (in the same word or in the next), "preserve-env?" and "l?" one in
// the same word only. What is not among them is not understood.
type options string

// kind says how an option takes an argument: "" none, ":" one, "?" one in the same word;
// ok is false when there is no such option.
func (o options) kind(name string) (kind string, ok bool) {
	for word := range strings.FieldsSeq(string(o)) {
		bare := strings.TrimRight(word, ":=?")
		if bare != name {
			continue
		}
		return strings.Replace(word[len(bare):], "=", ":", 1), true
	}
	return "", false
}

// parse takes the options off the beginning of words, as getopt_long does it with a + in front.
// strange is the first word that is not understood.
func (o options) parse(words []string) (given []option, rest []string, strange string) {
	for len(words) > 0 {
		w := words[0]
		var here []option
		used, known := 0, false
		switch {
		case w == "--":
			return given, words[1:], ""
		case w == "-" || !strings.HasPrefix(w, "-"):
			return given, words, ""
		case strings.HasPrefix(w, "--"):
			here, used, known = o.long(words)
		default:
			if here, used, known = o.whole(words); !known {
				here, used, known = o.short(words)
			}
		}
		if !known {
			return given, words, w
		}
		given, words = append(given, here...), words[used:]
	}
	return given, nil, ""
}

func (o options) long(words []string) (given []option, used int, ok bool) {
	name, value, attached := strings.Cut(words[0][2:], "=")
	kind, ok := o.kind(name)
	switch {
	case !ok || len(name) < 2 || kind == "" && attached || kind == ":" && !attached && len(words) < 2:
		return nil, 0, false
	case kind == ":" && !attached:
		return []option{{name, words[1]}}, 2, true
	}
	return []option{{name, value}}, 1, true
}

// whole reads a long option with one dash, as arch has them.
func (o options) whole(words []string) (given []option, used int, ok bool) {
	name := words[0][1:]
	kind, ok := o.kind("-" + name)
	if !ok || kind != "" {
		return nil, 0, false
	}
	return []option{{name, ""}}, 1, true
}

// short reads a word of short options.
func (o options) short(words []string) (given []option, used int, ok bool) {
	letters := words[0][1:]
	for i, letter := range letters {
		name, rest := string(letter), letters[i+len(string(letter)):]
		kind, known := o.kind(name)
		switch {
		case !known || kind == ":" && rest == "" && len(words) < 2:
			return nil, 0, false
		case kind == ":" && rest == "":
			return append(given, option{name, words[1]}), 2, true
		case kind != "":
			return append(given, option{name, rest}), 1, true
		}
		given = append(given, option{name, ""})
	}
	return given, 1, true
}

// has reports whether one of these was given.
func has(given []option, names ...string) bool {
	return slices.ContainsFunc(given, func(o option) bool { return slices.Contains(names, o.name) })
}

// last returns the value of the last of these that was given, or "".
func last(given []option, names ...string) (value string) {
	for _, o := range given {
		if slices.Contains(names, o.name) {
			value = o.value
		}
	}
	return value
}
