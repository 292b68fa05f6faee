// Command cache-program is what GOCACHEPROG may name: it keeps outputs in the folder that is its argument, and speaks the
// protocol of cmd/go/internal/cacheprog (Go 1.24).
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
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

func main() {
	folder := os.Args[1]
	if err := os.MkdirAll(folder, 0o755); err != nil {
		panic(err)
	}
	in := json.NewDecoder(bufio.NewReader(os.Stdin))
	out := json.NewEncoder(os.Stdout)
	out.Encode(response{KnownCommands: []string{"get", "put", "close"}})
	for {
		var asked request
		if err := in.Decode(&asked); err == io.EOF {
			return
		} else if err != nil {
			panic(err)
		}
		out.Encode(answer(folder, asked, in))
	}
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
