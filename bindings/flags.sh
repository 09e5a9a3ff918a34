# Read by the scripts beside it: how the C in the library is compiled where it ships.
#
# Nothing unwinds through C: SQLite and ring call back into Rust nowhere that may panic. So its unwind tables, 88 kB, stay out.
export CFLAGS="${CFLAGS:-} -fno-asynchronous-unwind-tables -fno-unwind-tables"
