"""The web server in production, behind nginx on the same host."""

bind = "127.0.0.1:8000"
worker_class = "gthread"
# Our choice: two processes of eight threads serve a practice of any size that one host can hold;
# each process keeps up to eight database connections.
workers = 2
threads = 8
timeout = 60
graceful_timeout = 20
# No access log here: /concern/ must leave none, and nginx writes the others.
accesslog = None
loglevel = "warning"
control_socket_disable = True
forwarded_allow_ips = "127.0.0.1"
