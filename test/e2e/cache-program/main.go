// Command cache-program is what GOCACHEPROG may name: it keeps outputs in the folder that is its first argument, and speaks the
// protocol of cmd/go/internal/cacheprog (Go 1.24). What stands behind the folder are faults: see `faults`.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

type request struct {
	ID       int64
	Command  string
	ActionID []byte
	OutputID []byte
	BodySize int64
}

type response struct {
	ID            int64
	Err           string     `json:",omitempty"`
	KnownCommands []string   `json:",omitempty"`
	Miss          bool       `json:",omitempty"`
	OutputID      []byte     `json:",omitempty"`
	Size          int64      `json:",omitempty"`
	Time          *time.Time `json:",omitempty"`
	DiskPath      string     `json:",omitempty"`
}

type entry struct {
	OutputID []byte
	Size     int64
	Time     time.Time
}

// faults are what a program may do wrong: `slow=MS` for each get that hits, `silent` before it says what it can do, `die=N` and
// `garbage=N` at request N, `size`, `path` and `file` lie about hits, `get-errors`, `put-errors`, `no-get` and `no-put` leave out a
// command, `stderr` writes there, `pretty` writes JSON over several lines, `stay` lives on when it is closed.
type faults map[string]int

func main() {
	folder := os.Args[1]
	wrong := faults{}
	for _, word := range os.Args[2:] {
		name, value, _ := strings.Cut(word, "=")
		wrong[name], _ = strconv.Atoi(value)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		panic(err)
	}
	if wrong.has("silent") {
		os.Exit(3)
	}
	in := json.NewDecoder(bufio.NewReader(os.Stdin))
	out := json.NewEncoder(os.Stdout)
	if wrong.has("pretty") {
		out.SetIndent("", "  ")
	}
	out.Encode(response{KnownCommands: wrong.commands()})
	for count := 1; ; count++ {
		var asked request
		if err := in.Decode(&asked); err == io.EOF {
			return
		} else if err != nil {
			panic(err)
		}
		if wrong.has("stderr") && count == 1 {
			fmt.Fprintln(os.Stderr, "cache-program: GOCACHEPROG is", os.Getenv("GOCACHEPROG"))
		}
		if count == wrong["die"] {
			os.Exit(2)
		}
		if count == wrong["garbage"] {
			fmt.Println("this is no JSON")
		}
		out.Encode(wrong.spoil(answer(folder, asked, in), asked))
		if asked.Command == "close" && wrong.has("stay") {
			os.Stdout.Close()
			io.Copy(io.Discard, os.Stdin)
			os.WriteFile(filepath.Join(folder, "stayed"), nil, 0o644)
			return
		}
	}
}

func (wrong faults) has(name string) bool {
	_, ok := wrong[name]
	return ok
}

func (wrong faults) commands() []string {
	var known []string
	for _, name := range []string{"get", "put", "close"} {
		if !wrong.has("no-" + name) {
			known = append(known, name)
		}
	}
	return known
}

func (wrong faults) spoil(told response, asked request) response {
	isHit := asked.Command == "get" && !told.Miss
	if isHit {
		time.Sleep(time.Duration(wrong["slow"]) * time.Millisecond)
	}
	switch {
	case isHit && wrong.has("size"):
		told.Size++
	case isHit && wrong.has("path"):
		told.DiskPath = ""
	case isHit && wrong.has("file"):
		told.DiskPath += ".gone"
	case asked.Command == "get" && wrong.has("get-errors"):
		return response{ID: asked.ID, Err: "the server is away"}
	case asked.Command == "put" && wrong.has("put-errors"):
		return response{ID: asked.ID, Err: "the server is full"}
	}
	return told
}

func name(folder, kind string, id []byte) string {
	return filepath.Join(folder, kind+hex.EncodeToString(id))
}

func answer(folder string, asked request, in *json.Decoder) response {
	told := response{ID: asked.ID}
	switch asked.Command {
	case "get":
		text, err := os.ReadFile(name(folder, "a-", asked.ActionID))
		var held entry
		if err != nil || json.Unmarshal(text, &held) != nil {
			told.Miss = true
			return told
		}
		told.OutputID, told.Size, told.Time = held.OutputID, held.Size, &held.Time
		told.DiskPath = name(folder, "o-", held.OutputID)
	case "put":
		var body []byte
		if asked.BodySize > 0 {
			if err := in.Decode(&body); err != nil {
				panic(err)
			}
		}
		told.DiskPath = name(folder, "o-", asked.OutputID)
		if err := os.WriteFile(told.DiskPath, body, 0o644); err != nil {
			panic(err)
		}
		text, _ := json.Marshal(entry{asked.OutputID, asked.BodySize, time.Now()})
		if err := os.WriteFile(name(folder, "a-", asked.ActionID), text, 0o644); err != nil {
			panic(err)
		}
	}
	return told
}
