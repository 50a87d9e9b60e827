// A Go program on net/http alone: streams, uploads with Expect: 100-continue, errors, and an answer that is given up.
package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

var host = os.Getenv("OLLAMA_HOST")

func check(good bool, what ...any) {
	if !good {
		fmt.Println(what...)
		os.Exit(1)
	}
}

func post(path string, body any) *http.Response {
	text, err := json.Marshal(body)
	check(err == nil, err)
	answer, err := http.Post(host+path, "application/json", bytes.NewReader(text))
	check(err == nil, err)
	return answer
}

type line struct {
	Response  string    `json:"response"`
	Status    string    `json:"status"`
	Done      bool      `json:"done"`
	Error     string    `json:"error"`
	CreatedAt time.Time `json:"created_at"`
	Total     time.Duration `json:"total_duration"`
}

func lines(answer *http.Response) (found []line) {
	defer answer.Body.Close()
	scanner := bufio.NewScanner(answer.Body)
	for scanner.Scan() {
		var one line
		check(json.Unmarshal(scanner.Bytes(), &one) == nil, scanner.Text())
		found = append(found, one)
	}
	return found
}

func main() {
	var said strings.Builder
	told := lines(post("/api/generate", map[string]any{"model": "echo", "prompt": "Hi"}))
	for _, one := range told {
		said.WriteString(one.Response)
		check(time.Since(one.CreatedAt) < time.Hour || one.Done, one)
	}
	last := told[len(told)-1]
	check(said.String() == "Hello" && last.Done && last.Total > 0, told)

	data := bytes.Repeat([]byte("0123456789abcdef"), 1<<18)
	digest := fmt.Sprintf("sha256:%x", sha256.Sum256(data))
	client := http.Client{Transport: &http.Transport{ExpectContinueTimeout: 30 * time.Second}}
	for _, code := range []int{201, 200} {
		request, _ := http.NewRequest("POST", host+"/api/blobs/"+digest, bytes.NewReader(data))
		request.Header.Set("Expect", "100-continue")
		answer, err := client.Do(request)
		check(err == nil && answer.StatusCode == code, err, answer)
		io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
	}
	head, err := http.Head(host + "/api/blobs/" + digest)
	check(err == nil && head.StatusCode == 200, err, head)

	steps := lines(post("/api/create", map[string]any{"model": "made-go", "from": "echo", "system": "S"}))
	check(steps[len(steps)-1].Status == "success", steps)
	missing := post("/api/chat", map[string]any{"model": "nobody"})
	check(missing.StatusCode == 404 && lines(missing)[0].Error == "model 'nobody' not found", missing)

	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	request, _ := http.NewRequestWithContext(ctx, "POST", host+"/api/generate", strings.NewReader(`{"model":"echo","prompt":"endless"}`))
	answer, err := http.DefaultClient.Do(request)
	check(err == nil, err)
	_, err = io.Copy(io.Discard, answer.Body)
	check(err != nil, "an endless answer ended")
	fmt.Println("done")
}
