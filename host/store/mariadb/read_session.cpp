#include "store/mariadb/read_session.h"

#include <optional>
#include <utility>

namespace host::store::mariadb {

using base::Result;

namespace {

// With its first step taken: until then a statement may be asked again.
class Begun final : public Cursor {
 public:
  static Result<std::unique_ptr<Cursor>> begin(mariadb::Connection& inside, const Query& query) {
    TRY(auto cursor, inside.open_cursor(query));
    TRY(bool more, cursor->step());
    return std::unique_ptr<Cursor>(new Begun(std::move(cursor), more));
  }
  std::shared_ptr<const Columns> columns() override { return inside_->columns(); }
  Result<bool> step() override {
    if (first_) return *std::exchange(first_, std::nullopt);
    return inside_->step();
  }
  void read(std::vector<Cell>& cells) override { inside_->read(cells); }

 private:
  Begun(std::unique_ptr<Cursor> inside, bool more) : inside_(std::move(inside)), first_(more) {}

  std::unique_ptr<Cursor> inside_;
  std::optional<bool> first_;
};

}  // namespace

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
  return with_session(stop_, [&](mariadb::Connection& inside) { return Begun::begin(inside, query); });
}

void ReadSession::set_stop(Stop stop) noexcept {
  stop_ = stop;
  if (inside_) inside_->set_stop(stop);
}

Result<std::vector<Column>> ReadSession::table_columns(const std::string& table) {
  return with_session({}, [&](mariadb::Connection& inside) { return inside.table_columns(table); });
}

}  // namespace host::store::mariadb
