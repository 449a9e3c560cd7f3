#include "store/stream.h"

#include <deque>
#include <mutex>
#include <optional>

namespace host::store {

using base::Error;
using base::Result;
using loop::Call;
using loop::Mailbox;

namespace {

constexpr std::size_t chunk_size = 64 * 1024;
constexpr std::size_t chunks_ahead = 2;
constexpr auto slice_time = std::chrono::milliseconds(20);

// Shared by the taker and the slices. Only one slice exists at a time (`scheduled_`),
// and everything below the line belongs to it.
class Stream : public std::enable_shared_from_this<Stream> {
 public:
  using Opened = std::shared_ptr<Call<std::unique_ptr<RowStream>>>;
  using Chunk = std::shared_ptr<Call<std::string>>;

  Stream(ReadPool& pool, Tally& tally, std::shared_ptr<Mailbox> mailbox, Query query,
         std::uint64_t ms, std::unique_ptr<RowEncoder> encoder, Opened opened)
      : pool_(pool),
        tally_(tally),
        mailbox_(std::move(mailbox)),
        query_(std::move(query)),
        encoder_(std::move(encoder)),
        time_left_(std::chrono::milliseconds(ms)),
        opened_(std::move(opened)) {}

  void schedule();
  void cancel();
  loop::Pending next(base::Function<void(Result<std::string>)> done);

 private:
  void slice();
  bool open();
  bool produce();
  void hand_over();
  void finish(std::optional<Error> error);
  void release();

  ReadPool& pool_;
  Tally& tally_;
  const std::shared_ptr<Mailbox> mailbox_;
  std::mutex mutex_;
  std::deque<std::string> ready_;
  Chunk waiting_;
  std::optional<Error> error_;
  bool finished_ = false;
  bool scheduled_ = true;
  std::atomic<bool> cancelled_{false};

  // ---- the running slice's
  const Query query_;
  const std::unique_ptr<RowEncoder> encoder_;
  Clock::duration time_left_;
  Opened opened_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<Cursor> cursor_;  // after the connection: it goes first
  bool has_row_ = false;
  std::uint64_t rows_ = 0;
  std::vector<Cell> cells_;
  std::string text_;
};

class Handle final : public RowStream {
 public:
  explicit Handle(std::shared_ptr<Stream> stream) : stream_(std::move(stream)) {}
  ~Handle() override { stream_->cancel(); }
  loop::Pending next(base::Function<void(Result<std::string>)> done) override {
    return stream_->next(std::move(done));
  }

 private:
  std::shared_ptr<Stream> stream_;
};

void Stream::schedule() {
  pool_.submit_slice([self = shared_from_this()] { self->slice(); });
}

void Stream::cancel() {
  cancelled_ = true;
  std::lock_guard lock(mutex_);
  waiting_ = nullptr;
  if (scheduled_ || finished_) return;
  scheduled_ = true;
  schedule();  // the connection is given back where it was used
}

loop::Pending Stream::next(base::Function<void(Result<std::string>)> done) {
  auto call = std::make_shared<Call<std::string>>(mailbox_, std::move(done));
  std::lock_guard lock(mutex_);
  if (!ready_.empty()) {
    Call<std::string>::answer(call, std::move(ready_.front()));
    ready_.pop_front();
  } else if (error_) {
    Call<std::string>::answer(call, *error_);
  } else if (finished_) {
    Call<std::string>::answer(call, std::string());
  } else {
    waiting_ = call;
  }
  if (!scheduled_ && !finished_) {
    scheduled_ = true;
    schedule();
  }
  return Call<std::string>::pending(std::move(call));
}

void Stream::slice() {
  // The opener may have left before the first row.
  if (opened_ && opened_->cancelled) cancelled_ = true;
  if (cancelled_) return release();
  auto start = Clock::now();
  if (!connection_ && !open()) return;
  connection_->set_stop({start + time_left_, &cancelled_});
  if (!produce()) return;
  connection_->set_stop({});  // nobody's time runs while nobody takes
  time_left_ -= Clock::now() - start;
  hand_over();
}

bool Stream::open() {
  auto connection = pool_.take_stream_connection();
  if (!connection) {
    finish(connection.error());
    return false;
  }
  connection_ = std::move(*connection);
  ++tally_.streams;
  ++tally_.streams_open;
  connection_->set_stop({Clock::now() + time_left_, &opened_->cancelled});
  auto start = [this]() -> Result<void> {
    TRY(cursor_, connection_->open_cursor(query_));
    TRY(has_row_, cursor_->step());
    return {};
  };
  auto started = start();
  connection_->set_stop({});  // whoever watches it must not look at the call any more: its lane may drop it once answered
  if (!started) {
    finish(started.error());
    return false;
  }
  text_.reserve(chunk_size + chunk_size / 4);
  encoder_->begin(*cursor_->columns(), text_);
  Call<std::unique_ptr<RowStream>>::answer(std::exchange(opened_, nullptr),
                                           std::unique_ptr<RowStream>(new Handle(shared_from_this())));
  return true;
}

// false when that was all.
bool Stream::produce() {
  const Columns& columns = *cursor_->columns();
  auto pause = Clock::now() + slice_time;
  unsigned until_look = 64;
  while (has_row_ && text_.size() < chunk_size) {
    cursor_->read(cells_);
    encoder_->row(RowView{columns, cells_}, text_);
    ++rows_;
    auto more = cursor_->step();
    if (!more) {
      finish(more.error());
      return false;
    }
    has_row_ = *more;
    if (--until_look == 0) {
      until_look = 64;
      if (Clock::now() >= pause) break;
    }
  }
  if (has_row_) return true;
  encoder_->end(rows_, text_);
  finish(std::nullopt);
  return false;
}

// The last act of a slice: another thread may run the next one from here on.
void Stream::hand_over() {
  std::lock_guard lock(mutex_);
  if (!text_.empty()) {
    ready_.push_back(std::move(text_));
    text_ = std::string();
    text_.reserve(chunk_size + chunk_size / 4);
  }
  if (waiting_ && !ready_.empty()) {
    Call<std::string>::answer(std::exchange(waiting_, nullptr), std::move(ready_.front()));
    ready_.pop_front();
  }
  scheduled_ = ready_.size() < chunks_ahead || cancelled_;
  if (scheduled_) schedule();
}

void Stream::finish(std::optional<Error> error) {
  if (opened_) {
    Call<std::unique_ptr<RowStream>>::answer(std::exchange(opened_, nullptr), *error);
  }
  {
    std::lock_guard lock(mutex_);
    // Under the same lock as the last chunk: a taker who asks from here on finds the end
    // and does not wait for a slice that never comes.
    finished_ = true;
    if (!text_.empty() && !error) ready_.push_back(std::move(text_));
    error_ = std::move(error);
    if (waiting_) {
      auto waiting = std::exchange(waiting_, nullptr);
      if (!ready_.empty()) {
        Call<std::string>::answer(waiting, std::move(ready_.front()));
        ready_.pop_front();
      } else if (error_) {
        Call<std::string>::answer(waiting, *error_);
      } else {
        Call<std::string>::answer(waiting, std::string());
      }
    }
  }
  release();
}

void Stream::release() {
  cursor_ = nullptr;
  if (connection_) {
    connection_->set_stop({});
    pool_.give_back(std::move(connection_));
    --tally_.streams_open;
  }
  std::lock_guard lock(mutex_);
  finished_ = true;
  scheduled_ = false;
}

}  // namespace

void start_stream(ReadPool& pool, Tally& tally, std::shared_ptr<Mailbox> mailbox, Query query,
                  std::uint64_t ms, std::unique_ptr<RowEncoder> encoder,
                  std::shared_ptr<Call<std::unique_ptr<RowStream>>> opened) {
  std::make_shared<Stream>(pool, tally, std::move(mailbox), std::move(query), ms,
                           std::move(encoder), std::move(opened))
      ->schedule();
}

}  // namespace host::store
