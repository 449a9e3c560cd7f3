// One accepted connection: reads requests, runs the handler for one at a time, sends
// the answers in order. Owned by Shared::connections; gone when it closes.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/composer.h"
#include "http/parser.h"
#include "http/refusal.h"
#include "http/server.h"
#include "http/transport.h"
#include "loop/worker.h"

namespace host::http {

// What the observer is told.
struct Exchange {
  std::string method;
  std::string path;
  std::string peer;
  std::string id;
  std::uint64_t started_ns = 0;
  Refusal refusal;  // none: a handler answers
  int status = 0;
  std::string route;
  std::string note;
  std::uint64_t bytes = 0;
};

class Connection;

// What all connections of one server have in common.
struct Shared {
  Shared(loop::Loop& loop, Limits limits, Handler handler, Observer observer,
         std::shared_ptr<Ledger> ledger);

  std::string make_id();

  // Writes what is uploaded; started when first needed.
  loop::Worker& storing();

  // While more is held than all answers together may: those of this lane whose clients have
  // read nothing for the longest time are given up, on a later turn.
  void cut_slowest();

  loop::Loop& loop;
  Limits limits;
  Handler handler;
  Handler refused;
  Observer observer;
  Composer composer;
  std::shared_ptr<Ledger> ledger;
  std::list<std::shared_ptr<Connection>> connections;
  std::size_t turned_away = 0;  // of them: only there to be told so
  std::size_t coming_bytes = 0;  // of request bodies, in memory
  base::Function<void()> connection_gone;
  bool draining = false;

 private:
  bool cut_one();

  loop::Pending cutting_;
  std::uint64_t id_seed_ = 0;
  std::uint64_t id_count_ = 0;
  std::unique_ptr<loop::Worker> storing_;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // Adds itself to shared->connections and begins to read.
  static void open(const std::shared_ptr<Shared>& shared, std::unique_ptr<Transport> transport);
  // The same for one too many: gets a 503 and is closed.
  static void turn_away(const std::shared_ptr<Shared>& shared,
                        std::unique_ptr<Transport> transport);

  Connection(std::shared_ptr<Shared> shared, std::unique_ptr<Transport> transport);

  void sweep(std::uint64_t now_ms);  // time-outs
  void drain();                      // no further request; closes at once when idle
  void close();

  // Since when the client has not read: the earlier the smaller. No answer waits: nullopt.
  std::optional<std::uint64_t> unread_since() const noexcept;
  void give_up(Ledger::Bound bound);  // the answer that is not read

 private:
  // One request at a time is worked on; what is pipelined behind it stays bytes.
  enum class Phase { idle, head, body, storing, handling, sending, lingering, closed };

  class Responder;

  static std::shared_ptr<Connection> make(const std::shared_ptr<Shared>& shared,
                                          std::unique_ptr<Transport> transport);
  bool receiving() const noexcept { return phase_ <= Phase::body; }
  void received(base::Result<std::string_view> bytes);
  void ended();
  std::size_t process(std::string_view bytes);
  void process_held();
  void continue_input();
  void throttle();
  void progressed();
  void body_begins(bool bytes_follow);
  bool store(bool complete);
  void stored(const Refusal& refusal, bool complete);
  void dispatch();
  void hand_over(Request&& request);
  void remember(const Request& request);
  void answered(std::uint64_t sequence, Response&& response);
  void refuse(const Refusal& refusal);
  void answer(Response&& response);
  void end_answer();
  void flush();
  void flushed();
  void hold_input();
  void written(base::Result<void> result);
  void pump();
  void chunk(base::Result<std::string> bytes);
  void retire_source();
  void linger();
  bool within_bounds(Response& response);
  void account();
  void deadline_in(std::uint64_t ms) noexcept { deadline_ = shared_->loop.now_ms() + ms; }
  void report(const Exchange& exchange, bool aborted);

  std::shared_ptr<Shared> shared_;
  std::unique_ptr<Transport> transport_;
  std::list<std::shared_ptr<Connection>>::iterator place_;
  Parser parser_;
  Phase phase_ = Phase::idle;
  std::optional<Phase> held_phase_;  // to go on with once the client has read
  std::uint64_t deadline_ = 0;  // of the loop's clock; 0: none
  std::string input_;           // came while an answer was being made
  std::string out_;             // answers not yet offered to the kernel
  std::size_t queued_before_ = 0;
  Payer payer_;               // of the answer that goes out
  std::size_t unread_ = 0;    // what the ledger has of it
  loop::Pending work_;    // the running handler, or the chunk being made
  loop::Pending resume_;  // the rest of input_, on a later turn
  std::optional<Response> early_;  // answered before the handler returned
  std::optional<Exchange> exchange_;
  std::vector<Exchange> unreported_;  // in out_
  Asked asked_;
  std::unique_ptr<ChunkSource> source_;
  std::uint64_t sequence_ = 0;  // of the request that may answer
  std::uint64_t started_ns_ = 0;
  bool in_handler_ = false;
  bool keep_alive_ = true;
  bool close_after_ = false;
  bool waiting_ = false;    // for the kernel to take what was written
  bool paused_ = false;     // reading
  bool chunked_ = false;
  bool stream_ = false;     // source_ is the handler's own
  bool peer_ended_ = false;
  bool turned_away_ = false;
};

}  // namespace host::http
