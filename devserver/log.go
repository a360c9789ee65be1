package main

import (
	"context"
	"io"
	"log/slog"
	"os"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

var (
	_ log.Logger      = (*logger)(nil)
	_ log.SLogWrapper = (*logger)(nil)
)

// logger lends slog to the server.
type logger struct {
	slog  *slog.Logger
	level *slog.LevelVar
}

func newLogger(w io.Writer, level slog.Level, format string) *logger {
	l := &logger{level: new(slog.LevelVar)}
	l.level.Set(level)
	handlerOptions := &slog.HandlerOptions{Level: l.level}
	if format == "json" {
		l.slog = slog.New(slog.NewJSONHandler(w, handlerOptions))
	} else {
		l.slog = slog.New(slog.NewTextHandler(w, handlerOptions))
	}
	return l
}

// quieten drops everything below an error from now on.
func (l *logger) quieten() { l.level.Set(max(l.level.Level(), levelNever)) }

// SLog gives the server the logger itself where it can use one.
func (l *logger) SLog() *slog.Logger { return l.slog }

func (l *logger) Debug(message string, tags ...tag.Tag)  { l.log(slog.LevelDebug, message, tags) }
func (l *logger) Info(message string, tags ...tag.Tag)   { l.log(slog.LevelInfo, message, tags) }
func (l *logger) Warn(message string, tags ...tag.Tag)   { l.log(slog.LevelWarn, message, tags) }
func (l *logger) Error(message string, tags ...tag.Tag)  { l.log(slog.LevelError, message, tags) }
func (l *logger) DPanic(message string, tags ...tag.Tag) { l.log(slog.LevelError, message, tags) }
func (l *logger) Panic(message string, tags ...tag.Tag)  { l.log(slog.LevelError, message, tags) }

// Fatal ends the process: a service that could not listen leaves a server that answers nothing.
func (l *logger) Fatal(message string, tags ...tag.Tag) {
	l.log(slog.LevelError, message, tags)
	os.Exit(exitFailed)
}

func (l *logger) log(level slog.Level, message string, tags []tag.Tag) {
	if !l.slog.Enabled(context.Background(), level) {
		return
	}
	attributes := make([]slog.Attr, len(tags))
	for i, t := range tags {
		attributes[i] = slog.Any(t.Key(), t.Value())
	}
	l.slog.LogAttrs(context.Background(), level, message, attributes...)
}
