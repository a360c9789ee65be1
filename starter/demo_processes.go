package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// preferredUI is the port on which people expect Temporal's Web UI.
const preferredUI = "8233"

// process is a program that the demo started and stops.
type process struct {
	name    string
	command *exec.Cmd
	log     string
	done    chan struct{}
}

// processError is a program that ended although nobody had asked it to.
type processError struct{ message string }

func (e *processError) Error() string { return e.message }

// launch starts a program with its output in a log. When it ends by itself, so does the demo.
func (d *demo) launch(cancel context.CancelCauseFunc, name string, command *exec.Cmd) error {
	path := filepath.Join(d.folder, name+".log")
	log, err := os.Create(path)
	if err != nil {
		return err
	}
	command.Stdout, command.Stderr = log, log
	// A group of its own: Ctrl-C reaches the demo, which then stops its programs in order.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if err := command.Start(); err != nil {
		return errors.Join(fmt.Errorf("%s cannot be started: %w", name, err), log.Close())
	}
	p := &process{name: name, command: command, log: path, done: make(chan struct{})}
	d.processes = append(d.processes, p)
	go func() {
		err := command.Wait()
		_ = log.Close()
		close(p.done)
		cancel(&processError{fmt.Sprintf("%s has ended (%v); its last words:\n%s", name, err, tail(path))})
	}()
	return nil
}

// cleanUp stops what was started, newest first, and removes the folder.
func (d *demo) cleanUp(ctx context.Context, err error) error {
	var ended *processError
	if errors.As(context.Cause(ctx), &ended) {
		err = ended
	} else if ctx.Err() != nil {
		line(os.Stdout, "\nstopping; the demo keeps nothing, and the next one starts from the beginning")
		err = nil
	}
	for i := len(d.processes) - 1; i >= 0; i-- {
		p := d.processes[i]
		_ = p.command.Process.Signal(syscall.SIGTERM)
		select {
		case <-p.done:
		case <-time.After(20 * time.Second):
			_ = p.command.Process.Kill()
			<-p.done
		}
	}
	if d.keep || err != nil {
		line(os.Stderr, "the logs, the ledger and Temporal's database are kept in %s", d.folder)
		return err
	}
	return os.RemoveAll(d.folder)
}

func tail(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	const most = 2000
	if len(text) > most {
		text = text[len(text)-most:]
	}
	return string(bytes.TrimSpace(text))
}

// until asks again and again until there is no error.
func until(ctx context.Context, patience time.Duration, what string, ask func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		if ask(limited) == nil {
			return nil
		}
		if err := pause(limited, 200*time.Millisecond); err != nil {
			if cause := context.Cause(ctx); cause != nil {
				return cause
			}
			return fmt.Errorf("timed out after %s of waiting until %s", patience, what)
		}
	}
}

// freePorts finds ports that nobody listens on.
func freePorts(n int) ([]string, error) {
	var ports []string
	for range n {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer func() { _ = listener.Close() }() // all stay taken until all are found, so none comes twice
		_, port, err := net.SplitHostPort(listener.Addr().String())
		if err != nil {
			return nil, err
		}
		ports = append(ports, port)
	}
	return ports, nil
}

func portIsFree(port string) bool {
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		return false
	}
	return listener.Close() == nil
}
