// A store on a MariaDB server, or on the nodes of a Galera cluster.
#pragma once

#include "store/engine.h"

namespace host::store::mariadb {

extern const Engine engine;

}  // namespace host::store::mariadb
