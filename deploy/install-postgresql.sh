#!/usr/bin/env bash
# Installs what building and running needs beyond a Rust toolchain: PostgreSQL's server programs (14 or newer) and a C
# compiler. Does nothing, and says nothing, when they are there. Creates no cluster of the system's.
set -euo pipefail

stop() { printf '%s\n' "$*" >&2; exit 1; }

has_server() {
    local program version
    for program in "$(command -v postgres || true)" /usr/lib/postgresql/*/bin/postgres /usr/pgsql-*/bin/postgres /usr/local/pgsql/bin/postgres; do
        [[ -x $program && -x ${program%postgres}initdb ]] || continue
        version=$("$program" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
        ((version >= 14)) && return
    done
    return 1
}

install() {
    local root=() by_hand="请以 root 安装后再运行:apt-get install $*"
    command -v apt-get >/dev/null || stop "本机缺少 $*,也没有 apt-get:请用系统的包管理器安装 PostgreSQL(14 或更新)与 C 编译器后再运行"
    if ((EUID != 0)); then
        command -v sudo >/dev/null || stop "本机缺少 $*,当前用户不是 root,也没有 sudo。$by_hand"
        root=(sudo)
    fi
    echo "正在安装 $*(apt-get)……" >&2
    local apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300)
    "${apt[@]}" update || stop "apt-get update 失败,请检查网络与软件源。$by_hand"
    if [[ " $* " == *" postgresql "* && ! -e /etc/postgresql-common/createcluster.conf ]]; then
        # The package would start a cluster on port 5432; this system runs its own.
        "${apt[@]}" install --no-install-recommends postgresql-common >/dev/null || stop "安装 postgresql-common 失败。$by_hand"
        local conf=/etc/postgresql-common/createcluster.conf
        "${root[@]}" cp -p $conf $conf.huiying
        "${root[@]}" sed -i -E 's/^#? *create_main_cluster *=.*/create_main_cluster = false/' $conf
        # shellcheck disable=SC2064
        trap "${root[*]} mv $conf.huiying $conf" EXIT
    fi
    "${apt[@]}" install --no-install-recommends "$@" >/dev/null || stop "apt-get 安装失败。$by_hand"
}

missing=()
has_server || missing+=(postgresql)
command -v cc >/dev/null || missing+=(gcc libc6-dev)
((${#missing[@]} == 0)) || install "${missing[@]}"
has_server || stop "安装之后仍未找到 PostgreSQL 14 或更新版本的服务程序(系统的软件源可能太旧):请安装后再运行"

if ! command -v cargo >/dev/null; then
    stop "未找到 cargo:请先安装 Rust 工具链(rustup);若用了 sudo,请改以普通用户直接运行,需要时脚本自己会用 sudo"
fi
