package main

// ListenAddress is where the worker serves /metrics and /healthz by default.
const ListenAddress = "127.0.0.1:9464"
