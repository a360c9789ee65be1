// Package deploy has tests only: they hold the alerts, the recording rules and the dashboard of deploy/ to what real programs serve on /metrics, and
// each alert to samples with which it fires and does not. The module is separate so that the main one does not carry Prometheus.
package deploy
