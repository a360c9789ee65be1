package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/server/common/config"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	sqliteschema "go.temporal.io/server/schema/sqlite"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/durationpb"
)

// filePragmas keep a database file whole when the process is killed, without a disk flush for every
// workflow task, and keep a second server from opening the same file.
var filePragmas = map[string]string{
	"journal_mode": "wal",
	"synchronous":  "normal",
	"locking_mode": "exclusive",
}

// prepareDatabase makes sure that the database has its tables and its namespaces before the server starts.
func prepareDatabase(o options) (*config.SQL, error) {
	sql := &config.SQL{PluginName: sqliteplugin.PluginName}
	if o.databaseFile == "" {
		sql.DatabaseName = uuid.NewString()
		sql.ConnectAttributes = map[string]string{"mode": "memory", "cache": "shared"}
	} else {
		if err := createDatabaseFile(o.databaseFile); err != nil {
			return nil, err
		}
		sql.DatabaseName = escapeFileName(o.databaseFile)
		sql.ConnectAttributes = map[string]string{"mode": "rw"}
		maps.Copy(sql.ConnectAttributes, filePragmas)
	}
	maps.Copy(sql.ConnectAttributes, o.pragmas)

	namespaces := make([]*sqliteschema.NamespaceConfig, len(o.namespaces))
	for i, name := range o.namespaces {
		namespace, err := sqliteschema.NewNamespaceConfig(clusterName, name, false, o.searchAttributes)
		if err != nil {
			return nil, fmt.Errorf("namespace %q: %w", name, err)
		}
		namespace.Detail.Config.Retention = durationpb.New(o.retention)
		namespaces[i] = namespace
	}
	if err := sqliteschema.CreateNamespaces(sql, namespaces...); err != nil {
		return nil, explainDatabaseError(o.databaseFile, err)
	}
	return sql, nil
}

// createDatabaseFile lays out a new database beside its final name, so that a start that is killed half-way
// leaves no half-made database behind.
func createDatabaseFile(name string) error {
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return fmt.Errorf("--db-filename %s is a directory", name)
	case err == nil && info.Size() > 0:
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("--db-filename: %w", err)
	}
	if _, err := os.Stat(filepath.Dir(name)); err != nil {
		return fmt.Errorf("--db-filename %s: its directory must exist: %w", name, err)
	}

	partial := name + ".new"
	for _, leftover := range []string{partial, partial + "-journal"} {
		if err := os.Remove(leftover); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove what an interrupted start left: %w", err)
		}
	}
	sql := &config.SQL{
		PluginName:        sqliteplugin.PluginName,
		DatabaseName:      escapeFileName(partial),
		ConnectAttributes: map[string]string{"mode": "rwc"},
	}
	if err := sqliteschema.SetupSchema(sql); err != nil {
		return fmt.Errorf("create the tables in %s: %w", partial, err)
	}
	if err := os.Rename(partial, name); err != nil {
		return fmt.Errorf("put the new database in place: %w", err)
	}
	return nil
}

// explainDatabaseError adds what to do to what the driver says.
func explainDatabaseError(file string, err error) error {
	text := err.Error()
	switch {
	case file == "":
		return err
	case strings.Contains(text, "database is locked"):
		return fmt.Errorf("%s is in use by another process, probably another server: stop that one or choose another --db-filename (%w)", file, err)
	case strings.Contains(text, "no such table"), strings.Contains(text, "not a database"):
		return fmt.Errorf("%s is not a Temporal database: move it away or choose another --db-filename (%w)", file, err)
	}
	return fmt.Errorf("open %s: %w", file, err)
}

// escapeFileName protects the characters that mean something in the URI that the driver makes of the name.
func escapeFileName(name string) string {
	return strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(name)
}

// addSearchAttributes registers what a namespace lacks, and refuses to go on with one of another type.
func addSearchAttributes(
	ctx context.Context, connection *grpc.ClientConn, namespace string, wanted map[string]enums.IndexedValueType,
) error {
	if len(wanted) == 0 {
		return nil
	}
	client := operatorservice.NewOperatorServiceClient(connection)
	known, err := client.ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return fmt.Errorf("read the search attributes of namespace %q: %w", namespace, err)
	}
	missing := maps.Clone(wanted)
	for name, wantedType := range wanted {
		knownType, found := known.GetCustomAttributes()[name]
		if found && knownType != wantedType {
			return fmt.Errorf("search attribute %s of namespace %q is of type %s already, not %s", name, namespace, knownType, wantedType)
		}
		if found {
			delete(missing, name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = client.AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: namespace, SearchAttributes: missing,
	})
	if err != nil {
		return fmt.Errorf("add search attributes to namespace %q: %w", namespace, err)
	}
	return nil
}

// bracketed writes an IPv6 address the way it must stand before ":port".
func bracketed(ip string) string {
	if parsed := net.ParseIP(ip); parsed != nil && parsed.To4() == nil {
		return "[" + ip + "]"
	}
	return ip
}
