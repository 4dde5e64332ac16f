package superoffice

import (
	"strings"

	"github.com/pott-dev/pott/license"
)

// setCommand begins the ExtraInfo of a plan; the modules it includes follow,
// separated by commas. What does not begin so is for the owner alone.
const setCommand = "set="

// includes returns what a plan's row lists, and whether it lists anything: the
// list of the empty plan is there and empty.
func (m *Module) includes() (list []license.Module, ok bool, err error) {
	rest, ok := strings.CutPrefix(m.ExtraInfo, setCommand)
	if !ok {
		return nil, m.ExtraInfo == "", nil
	}
	if strings.Trim(rest, space) == "" {
		return nil, true, nil
	}
	for name := range strings.SplitSeq(rest, ",") {
		n, err := license.ParseModule(strings.Trim(name, space))
		if err != nil {
			return nil, true, err
		}
		list = append(list, n)
	}
	return list, true, nil
}

// planFault says why the row of a plan lists no modules, or "".
func planFault(m *Module) string {
	if m.ExtraFlags != PlanRow {
		return ""
	}
	if _, _, err := m.includes(); err != nil {
		return "set= is followed by module names and commas: " + why(err).Error()
	}
	return ""
}

// setOf writes what includes reads.
func setOf(list []license.Module) string {
	var b strings.Builder
	b.WriteString(setCommand)
	for i, m := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(string(m))
	}
	return b.String()
}
