package command

import (
	"embed"
	"encoding/json"
	"fmt"
	"sync"
)

//go:embed words/*.json
var wordFiles embed.FS

// words holds what the commands themselves say, by language and key. Errors are
// not among them: their sentences come with the code, from the server or the
// shared catalogue.
var words = sync.OnceValue(func() map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, lang := range []string{"en", "sv"} {
		data, err := wordFiles.ReadFile("words/" + lang + ".json")
		if err != nil {
			panic(err) // embedded: cannot be missing
		}
		var read map[string]string
		if err := json.Unmarshal(data, &read); err != nil {
			panic("words/" + lang + ".json: " + err.Error())
		}
		all[lang] = read
	}
	return all
})

// say returns the sentence of a key in the person's language, else in English.
func (s *session) say(key string, args ...any) string {
	format, ok := words()[s.language()][key]
	if !ok {
		if format, ok = words()["en"][key]; !ok {
			return key // a code newer than this program is better than nothing
		}
	}
	if len(args) == 0 {
		return format
	}
	return fmt.Sprintf(format, args...)
}
