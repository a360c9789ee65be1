// Package compose has tests only: they hold docker-compose.yml and the Dockerfile to the programs' own
// constants and flags, and to what a careful operator expects, without a container engine. The module is
// separate so that the main one does not carry the Compose parser.
package compose
