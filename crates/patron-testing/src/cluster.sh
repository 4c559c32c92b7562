# A PostgreSQL server in a folder of its own, for as long as somebody holds the other end of standard input open.
# $1: where PostgreSQL's programs are; $2: a port on 127.0.0.1 to answer on with TLS, or nothing.
# Says the folder, then "ok" after each command it reads (start, stop). At the end of input, however that comes
# about, the server is stopped and the folder removed.
set -eu
umask 077
bin=$1 port=$2 pid=
folder=$(mktemp -d /tmp/patron-pg.XXXXXX) # the path of a socket must be short
cd "$folder"

stop() {
    [ -z "$pid" ] || { kill -QUIT "$pid" && wait "$pid" || true; }
    pid=
}
leave() {
    stop
    cd / && rm -rf "$folder"
}
trap leave EXIT
trap 'exit 1' HUP INT TERM

start() {
    "$bin/postgres" -D data -k "$folder" -c listen_addresses="${port:+127.0.0.1}" -c port="${port:-5432}" \
        -c fsync=off -c full_page_writes=off -c shared_buffers=32MB \
        -c max_connections=200 -c unix_socket_permissions=0700 >>log 2>&1 </dev/null &
    pid=$!
    until "$bin/pg_isready" -q -h "$folder" -p "${port:-5432}"; do
        kill -0 "$pid" 2>/dev/null || { cat log >&2; exit 1; }
        sleep 0.05
    done
}

certificate() { # $1: whose, $2: name, further arguments: how it is signed
    whose=$1 name=$2
    shift 2
    openssl req -newkey rsa:2048 -nodes -keyout "$whose.key" -out "$whose.csr" -subj "/CN=$name" 2>>log
    openssl x509 -req -in "$whose.csr" -out "$whose.crt" -days 2 "$@" 2>>log
}

"$bin/initdb" -D data -U patron -A trust --locale=C -E UTF8 --no-sync >>log 2>&1 || { cat log >&2; exit 1; }
if [ -n "$port" ]; then
    echo "basicConstraints=critical,CA:TRUE" >ca.ext
    echo "subjectAltName=DNS:localhost,IP:127.0.0.1" >server.ext
    certificate root patron-root -signkey root.key -extfile ca.ext
    certificate other patron-other-root -signkey other.key -extfile ca.ext
    certificate server localhost -CA root.crt -CAkey root.key -CAcreateserial -extfile server.ext
    cp server.crt server.key data/
    echo "ssl = on" >>data/postgresql.conf
    echo "local all all trust" >data/pg_hba.conf
    echo "hostssl all all 127.0.0.1/32 scram-sha-256" >>data/pg_hba.conf
fi
echo "$folder"
while read -r command; do
    "$command"
    echo ok
done
