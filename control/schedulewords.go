package control

import (
	"fmt"
	"strings"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// RuleWords puts each rule of a schedule into a sentence.
func RuleWords(rules []ledger.Rule) []string {
	words := make([]string, len(rules))
	for i, rule := range rules {
		switch {
		case rule.Every > 0:
			words[i] = "Every " + intervalWords(rule.Every)
		case rule.Hourly != nil && rule.Hourly.Every <= 1:
			words[i] = fmt.Sprintf("Every hour at :%02d", rule.Hourly.Minute)
		case rule.Hourly != nil:
			words[i] = fmt.Sprintf("Every %d hours at :%02d, from 00:%02d", rule.Hourly.Every, rule.Hourly.Minute, rule.Hourly.Minute)
		case rule.Daily != "":
			words[i] = "Daily at " + rule.Daily
		case rule.Flexible != nil:
			words[i] = flexibleWords(*rule.Flexible)
		}
	}
	return words
}

func flexibleWords(rule ledger.Flexible) string {
	text := fmt.Sprintf("Every %s from %02d:00 to %02d:59", intervalWords(rule.Every), rule.From, rule.To)
	if len(rule.Days) > 0 && len(rule.Days) < 7 {
		days := make([]string, len(rule.Days))
		for i, day := range rule.Days {
			days[i] = strings.ToUpper(day[:1]) + day[1:]
		}
		text += " on " + strings.Join(days, ", ")
	}
	return text
}

// intervalWords is the time between two starts in words: 60 minutes, 2 hours.
func intervalWords(d time.Duration) string {
	switch {
	case d%time.Minute != 0:
		return d.String()
	case d > time.Hour && d%time.Hour == 0:
		return Count(int64(d/time.Hour), "hour", "hours")
	}
	return Count(int64(d/time.Minute), "minute", "minutes")
}

// ScheduleWords puts a schedule into one line, with its zone: every 60 minutes; daily at 01:00 (Europe/Paris).
func ScheduleWords(schedule ledger.Schedule) string {
	if len(schedule.Rules) == 0 {
		return "by hand only"
	}
	words := RuleWords(schedule.Rules)
	for i, sentence := range words {
		words[i] = strings.ToLower(sentence[:1]) + sentence[1:]
	}
	zone := schedule.Timezone
	if zone == "" {
		zone = "UTC"
	}
	return strings.Join(words, "; ") + " (" + zone + ")"
}

// momentWords writes a moment in a zone: Mon 2026-11-30 08:00 CET. An unknown zone is taken as UTC.
func momentWords(at time.Time, timezone string) string {
	zone, err := time.LoadLocation(timezone)
	if err != nil {
		zone = time.UTC
	}
	return at.In(zone).Format("Mon 2006-01-02 15:04 MST")
}

// overrideWords say who set a schedule, until when and why.
func overrideWords(override ledger.Override) string {
	text := "by " + override.By
	if override.Until != nil {
		text += " until " + momentWords(*override.Until, override.Timezone)
	}
	if override.Reason != "" {
		text += " (" + override.Reason + ")"
	}
	return text
}

// SettingWords say who set a schedule, and what the configuration says.
func SettingWords(setting ScheduleSetting) string {
	file := "the configuration"
	if name := fileName(setting.FileName); name != "" {
		file = name
	}
	switch setting.Source {
	case SetInFile:
		return "set in " + file
	case SetByOverride:
		return fmt.Sprintf("overridden %s, since %s; %s says %s", overrideWords(*setting.Override),
			momentWords(setting.Override.Since, setting.Timezone), file, ScheduleWords(*setting.File))
	case SetOnPages:
		return fmt.Sprintf("set %s, on %s; %s does not set it", overrideWords(*setting.Override), momentWords(setting.Override.Since, setting.Timezone), file)
	case SetByDefault:
	}
	return "the default; " + file + " does not set it"
}

// fileName is the last part of a file's name that is written host:path.
func fileName(from string) string {
	return from[strings.LastIndexAny(from, `/:\`)+1:]
}
