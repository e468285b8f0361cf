package diagnose

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// orbName is a machine in an inventory or on the command line.
var orbName = lazyregexp.New(`@orbstack/([A-Za-z0-9][A-Za-z0-9._-]*)`)

// wanted returns the machines that the inventory and the command name.
func (x *exam) wanted() (names []string, from string, err error) {
	req := x.doctor.Request
	text := strings.Join(req.Command, "\n")
	from = "the command"
	for i, arg := range req.Command {
		if i > 0 && strings.HasSuffix(arg, ".py") {
			data, _ := x.host.Read(x.host.Abs(arg), host.MaxSmall)
			text += "\n" + string(data)
		}
	}
	if req.Inventory != "" {
		data, err := x.host.Read(x.host.Abs(req.Inventory), host.MaxText)
		if err != nil {
			return nil, req.Inventory, err
		}
		text, from = text+"\n"+string(data), req.Inventory
	}
	for _, m := range orbName.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	slices.Sort(names)
	return names, filepath.ToSlash(from), nil
}
