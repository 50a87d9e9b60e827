// Runs Go's own text/template over cases from standard input: {"data": ..., "templates": [...]} -> [{"text": ...} or {"error": ...}].
// The option and the extra function are those that Ollama's templates run with.
package main

import (
	"encoding/json"
	"os"
	"strings"
	"text/template"
)

// number turns JSON numbers into int where they are whole, as a Go program's own data would have them.
func number(value any) any {
	switch v := value.(type) {
	case json.Number:
		if whole, err := v.Int64(); err == nil {
			return int(whole)
		}
		float, _ := v.Float64()
		return float
	case []any:
		for i := range v {
			v[i] = number(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = number(v[key])
		}
	}
	return value
}

func encode(value any) (string, error) {
	text, err := json.Marshal(value)
	return string(text), err
}

func render(text string, data any) map[string]string {
	parsed, err := template.New("").Option("missingkey=zero").Funcs(template.FuncMap{"json": encode}).Parse(text)
	if err != nil {
		return map[string]string{"error": err.Error()}
	}
	var out strings.Builder
	if err := parsed.Execute(&out, data); err != nil {
		return map[string]string{"error": err.Error()}
	}
	return map[string]string{"text": strings.ToValidUTF8(out.String(), "\ufffd")}
}

func main() {
	var input struct {
		Data      any      `json:"data"`
		Templates []string `json:"templates"`
	}
	decoder := json.NewDecoder(os.Stdin)
	decoder.UseNumber()
	if err := decoder.Decode(&input); err != nil {
		panic(err)
	}
	data := number(input.Data)
	results := make([]map[string]string, len(input.Templates))
	for i, text := range input.Templates {
		results[i] = render(text, data)
	}
	if err := json.NewEncoder(os.Stdout).Encode(results); err != nil {
		panic(err)
	}
}
