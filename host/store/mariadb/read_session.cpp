#include "store/mariadb/read_session.h"

#include <utility>

namespace host::store::mariadb {

using base::Result;

Result<std::unique_ptr<ReadSession>> ReadSession::open(Server& server) {
  std::unique_ptr<ReadSession> session(new ReadSession(server));
  TRY(session->inside_, mariadb::Connection::open(server, Role::reader));
  return session;
}

// Each server of the address may be found wanting once, and a session that idled may have been closed.
template <typename Act>
auto ReadSession::with_session(const Stop& stop, Act act) -> decltype(act(std::declval<mariadb::Connection&>())) {
  for (std::size_t left = server_.address().hosts.size() + 1;; --left) {
    if (!reusable()) {
      inside_ = nullptr;
      TRY(inside_, mariadb::Connection::open(server_, Role::reader));
      inside_->set_stop(stop_);
    }
    auto done = act(*inside_);
    bool over = Clock::now() >= stop.deadline || (stop.cancelled && stop.cancelled->load());
    if (done || done.error().kind != "away" || inside_->reusable() || over || left == 0) return done;
  }
}

Result<Rows> ReadSession::run(const Query& query, const Limits& limits, Stop stop) {
  return with_session(stop, [&](mariadb::Connection& inside) { return inside.run(query, limits, stop); });
}

Result<std::unique_ptr<Cursor>> ReadSession::open_cursor(const Query& query) {
  return with_session(stop_, [&](mariadb::Connection& inside) { return inside.open_cursor(query); });
}

void ReadSession::set_stop(Stop stop) noexcept {
  stop_ = stop;
  if (inside_) inside_->set_stop(stop);
}

Result<std::vector<Column>> ReadSession::table_columns(const std::string& table) {
  return with_session({}, [&](mariadb::Connection& inside) { return inside.table_columns(table); });
}

}  // namespace host::store::mariadb
