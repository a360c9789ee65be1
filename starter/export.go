package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidemark/tidemark/config"
	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

func exportCommand(s *session) *cobra.Command {
	var folder string
	var schedules bool
	command := &cobra.Command{
		Use:   "export",
		Short: "Print the configuration that is in force, including what was set without the file",
		Long: `export prints a configuration file that describes what is in force: the applied configuration, with the
schedules and settings that somebody set on the pages, with starter schedule or with starter setting.
A comment marks each of those. If you apply the printed file, nothing changes, and the file takes the
place of those settings. Defaults are left out.

The catalogue goes into CSV files in the folder that --catalog names, and the printed file refers to
them. If there is a catalogue and no --catalog, nothing is printed, because applying a file without
the catalogue would remove it. --schedules prints only the schedules, to copy into a file.`,
		Example: "  starter export --catalog catalogue > tidemark.yaml\n  starter export --schedules",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return s.withLedger(command.Context(), func(c *control.Control) error {
				export, err := c.Export(command.Context())
				if err != nil {
					return err
				}
				text, err := written(export, folder, schedules)
				if err != nil {
					return err
				}
				return s.print(map[string]string{"yaml": text}, func(w io.Writer) { _, _ = io.WriteString(w, text) })
			})
		},
	}
	command.Flags().StringVar(&folder, "catalog", "", "the folder for the CSV files of the catalogue, as the printed file should name it")
	command.Flags().BoolVar(&schedules, "schedules", false, "print only the schedules of the connections")
	return command
}

// written is an export as text. The files of its catalogue are written.
func written(export control.Export, folder string, schedules bool) (string, error) {
	if schedules {
		return config.WriteSchedules(export.Definitions.Connections, export.Notes), nil
	}
	files := config.CatalogFiles(export.Definitions, folder)
	if len(files) > 0 && folder == "" {
		return "", &control.UsageError{Message: fmt.Sprintf("the ledger has a catalogue (%s); name a folder for its files with --catalog, or print the "+
			"schedules alone with --schedules", contents(export.Definitions))}
	}
	for _, file := range files {
		if err := writeCatalog(export.Definitions, file); err != nil {
			return "", err
		}
	}
	return config.Write(export.Definitions, files, export.Notes), nil
}

// writeCatalog writes a file of the catalogue. One that is there is left alone.
func writeCatalog(definitions ledger.Definitions, file config.CatalogFile) error {
	path := filepath.FromSlash(file.File)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if errors.Is(err, os.ErrExist) {
		return &control.UsageError{Message: fmt.Sprintf("%s is there already; remove it, or name another folder", strings.TrimPrefix(path, "./"))}
	} else if err != nil {
		return err
	}
	return errors.Join(config.WriteCatalog(out, definitions, file), out.Close())
}
