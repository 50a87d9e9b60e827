// Runs Go's own text/template over a conversation with tools: {"conversation": ..., "templates": [...]} -> [{"text": ...} or {"error": ...}].
// The types are shaped like those that Ollama's templates get: the same fields, and a text form of their own where those have one.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/template"
)

func compact(value any) string {
	text, _ := json.Marshal(value)
	return string(text)
}

type Words []string

func (w Words) String() string {
	if len(w) == 0 {
		return ""
	}
	if len(w) == 1 {
		return w[0]
	}
	return fmt.Sprintf("%v", []string(w))
}

func (w Words) MarshalJSON() ([]byte, error) {
	if len(w) == 1 {
		return json.Marshal(w[0])
	}
	return json.Marshal([]string(w))
}

func (w *Words) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*w = Words{one}
		return nil
	}
	var many []string
	err := json.Unmarshal(data, &many)
	*w = many
	return err
}

type Property struct {
	AnyOf       []Property `json:"anyOf,omitempty"`
	Type        Words      `json:"type,omitempty"`
	Items       any        `json:"items,omitempty"`
	Description string     `json:"description,omitempty"`
	Enum        []any      `json:"enum,omitempty"`
}

type Properties map[string]Property

func (p Properties) String() string { return compact(p) }

type Parameters struct {
	Type       string     `json:"type"`
	Defs       any        `json:"$defs,omitempty"`
	Items      any        `json:"items,omitempty"`
	Required   []string   `json:"required,omitempty"`
	Properties Properties `json:"properties"`
}

func (p *Parameters) String() string { return compact(p) }

type Function struct {
	Name        string     `json:"name"`
	Description string     `json:"description,omitempty"`
	Parameters  Parameters `json:"parameters"`
}

func (f *Function) String() string { return compact(f) }

type Tool struct {
	Type     string   `json:"type"`
	Items    any      `json:"items,omitempty"`
	Function Function `json:"function"`
}

func (t Tool) String() string { return compact(t) }

type Tools []Tool

func (t Tools) String() string { return compact(t) }

type Arguments map[string]any

func (a Arguments) String() string { return compact(a) }

type CalledFunction struct {
	Index     int       `json:"-"`
	Name      string    `json:"name"`
	Arguments Arguments `json:"arguments"`
}

type Call struct {
	ID       string         `json:"id,omitempty"`
	Function CalledFunction `json:"function"`
}

type Message struct {
	Role       string   `json:"role"`
	Content    string   `json:"content"`
	Thinking   string   `json:"thinking,omitempty"`
	Images     [][]byte `json:"images,omitempty"`
	ToolCalls  []Call   `json:"tool_calls,omitempty"`
	ToolName   string   `json:"tool_name,omitempty"`
	ToolCallID string   `json:"tool_call_id,omitempty"`
}

type Conversation struct {
	Messages []*Message `json:"messages"`
	Tools    Tools      `json:"tools"`
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
	return map[string]string{"text": out.String()}
}

func main() {
	var input struct {
		Conversation Conversation `json:"conversation"`
		Templates    []string     `json:"templates"`
	}
	if err := json.NewDecoder(os.Stdin).Decode(&input); err != nil {
		panic(err)
	}
	data := map[string]any{"Messages": input.Conversation.Messages, "Tools": input.Conversation.Tools, "None": Tools(nil)}
	results := make([]map[string]string, len(input.Templates))
	for i, text := range input.Templates {
		results[i] = render(text, data)
	}
	if err := json.NewEncoder(os.Stdout).Encode(results); err != nil {
		panic(err)
	}
}
