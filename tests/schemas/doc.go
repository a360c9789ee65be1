// Package schemas has tests only: they hold what the channel drivers send to the schemas of the stores' APIs. The module is
// separate so that the main one does not carry the parsers. There is one test file for each channel.
package schemas
