package i18n

import (
	"encoding/json"
	"path"
	"regexp"
	"strings"
	"sync"
)

// reasons are the short English phrases that errors carry as their Why, in the
// other languages: reasons/<lang>.json holds them by the English. "#" stands for
// a number and "*" for whatever is said there, each once more in the translation;
// "unverified" says that no native speaker has read the file.
var reasons = sync.OnceValue(func() map[string]map[string]any {
	all := map[string]map[string]any{}
	for _, lang := range Languages {
		if lang == "en" {
			continue
		}
		text, err := files.ReadFile(path.Join("reasons", lang+".json"))
		if err != nil {
			panic("i18n: " + err.Error())
		}
		known := map[string]any{}
		if err := json.Unmarshal(text, &known); err != nil {
			panic("i18n: reasons of " + lang + ": " + err.Error())
		}
		all[lang] = known
	}
	return all
})

var number = regexp.MustCompile(`\d+`)

// Reason returns a reason that an error gives in English as a language says it,
// and whether it is known there. What is not known stays as it is.
func Reason(lang, english string) (said string, known bool) {
	of := reasons()[lang]
	if said, ok := of[english].(string); ok {
		return said, true
	}
	if said, ok := of[number.ReplaceAllString(english, "#")].(string); ok {
		for _, n := range number.FindAllString(english, -1) {
			said = strings.Replace(said, "#", n, 1)
		}
		return said, true
	}
	longest := ""
	for pattern := range of {
		if before, ok := strings.CutSuffix(pattern, "*"); ok && len(before) > len(longest) && strings.HasPrefix(english, before) {
			longest = before
		}
	}
	if said, ok := of[longest+"*"].(string); ok && longest != "" {
		return strings.TrimSuffix(said, "*") + english[len(longest):], true
	}
	return english, lang == "en"
}
