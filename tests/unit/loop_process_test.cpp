#include "loop/process.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <fstream>
#include <optional>
#include <sstream>

#include "support/turn.h"

using namespace host;
using base::Result;
using loop::Command;
using loop::Ended;
using test::turn_until;

namespace {

Command command(std::vector<std::string> argv, std::string input = "") {
  return {std::move(argv), std::move(input), 60'000, 1 << 20};
}

Command shell(const std::string& text) { return command({"/bin/sh", "-c", text}); }

Result<Ended> run(Command asked) {
  loop::Loop loop;
  std::optional<Result<Ended>> result;
  auto pending = loop::run_process(loop, std::move(asked), [&](Result<Ended> it) { result = std::move(it); });
  CHECK_FALSE(result);
  REQUIRE(turn_until(loop, [&] { return result.has_value(); }));
  return std::move(*result);
}

// True when no process has this number, or only a dead one.
bool is_gone(long pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::stringstream text;
  text << in.rdbuf();
  std::string stat = text.str();
  std::size_t name_end = stat.rfind(')');
  return name_end == stat.npos || stat[name_end + 2] == 'Z' || stat[name_end + 2] == 'X';
}

}  // namespace

TEST_CASE("process: argv goes as it is, no shell reads it") {
  auto ended = run(command({"/usr/bin/printf", "%s|", "a b", "$(id)", "", "*", "'"}));
  REQUIRE(ended);
  CHECK(ended->code == 0);
  CHECK(ended->out == "a b|$(id)||*|'|");
  CHECK(ended->err.empty());
  CHECK_FALSE(ended->cut);
}

TEST_CASE("process: the code, both outputs and the input") {
  std::string large(1 << 20, 'x');
  large += '\0';
  auto ended = run(command({"/usr/bin/wc", "-c"}, large));
  REQUIRE(ended);
  CHECK(ended->out == std::to_string(large.size()) + "\n");
  ended = run(shell("cat; echo out; echo err >&2; exit 7"));
  REQUIRE(ended);
  CHECK(ended->code == 7);
  CHECK(ended->out == "out\n");
  CHECK(ended->err == "err\n");
  ended = run(shell("kill -TERM $$"));
  REQUIRE(ended);
  CHECK(ended->code == 128 + SIGTERM);
}

TEST_CASE("process: nothing of ours is inherited") {
  ::setenv("PATCHBAY_SECRET_OF_A_TEST", "1", 1);
  int kept = ::open("/dev/null", O_RDONLY);  // without close-on-exec
  REQUIRE(kept >= 3);
  auto ended = run(shell("env | sort; pwd; ls /proc/self/fd | wc -l; read pid b c d e sid f < /proc/$$/stat; [ $pid = $sid ] && echo own"));
  ::close(kept);
  ::unsetenv("PATCHBAY_SECRET_OF_A_TEST");
  REQUIRE(ended);
  INFO(ended->out);
  CHECK(ended->out.find("SECRET") == std::string::npos);
  CHECK(ended->out.find("LC_ALL=C\n") != std::string::npos);
  CHECK(ended->out.find("PATH=/usr/sbin:/usr/bin:/sbin:/bin\n") != std::string::npos);
  CHECK(ended->out.find("\n/\n4\nown\n") != std::string::npos);  // the fourth is ls's own
  ended = run(shell("kill -PIPE $$; echo alive"));
  REQUIRE(ended);
  CHECK(ended->code == 128 + SIGPIPE);  // not ignored, as it is here
}

TEST_CASE("process: output beyond its bound is cut, and the program goes on to its end") {
  Command asked = shell("head -c 3000000 /dev/zero; echo end >&2; exit 4");
  asked.output_bytes = 1000;
  auto ended = run(std::move(asked));
  REQUIRE(ended);
  CHECK(ended->code == 4);
  CHECK(ended->out.size() + ended->err.size() == 1000);
  CHECK(ended->cut);
  asked = shell("head -c 1000 /dev/zero");
  asked.output_bytes = 1000;
  ended = run(std::move(asked));
  REQUIRE(ended);
  CHECK(ended->out.size() == 1000);
  CHECK_FALSE(ended->cut);
}

TEST_CASE("process: what cannot be started is unavailable") {
  for (const char* path : {"/nonexistent/program", "/etc/passwd", "/"}) {
    auto ended = run(command({path}));
    REQUIRE_FALSE(ended);
    CHECK(ended.error().code == base::Code::unavailable);
  }
}

TEST_CASE("process: its time over, it and what it started are killed") {
  int ends[2];
  REQUIRE(::pipe2(ends, O_NONBLOCK) == 0);
  std::string path = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(ends[1]);
  Command asked = shell("trap '' TERM; sleep 1000 & echo $$ $! > " + path + "; wait");
  asked.timeout_ms = 1'000;
  auto kept = std::make_shared<int>(1);
  loop::Loop loop;
  std::optional<Result<Ended>> result;
  auto pending = loop::run_process(loop, asked, [&](Result<Ended> it) { result = std::move(it); }, kept);
  REQUIRE(turn_until(loop, [&] { return result.has_value(); }));
  REQUIRE_FALSE(*result);
  CHECK(result->error().code == base::Code::timeout);
  char text[64] = {};
  REQUIRE(::read(ends[0], text, sizeof text - 1) > 0);
  ::close(ends[0]);
  ::close(ends[1]);
  long parent = 0, child = 0;
  REQUIRE(std::sscanf(text, "%ld %ld", &parent, &child) == 2);
  CHECK(turn_until(loop, [&] { return is_gone(parent) && is_gone(child); }));
  CHECK(turn_until(loop, [&] { return kept.use_count() == 1; }));
}

TEST_CASE("process: dropped, it is killed and nobody is told") {
  auto kept = std::make_shared<int>(1);
  loop::Loop loop;
  bool told = false;
  auto pending = loop::run_process(loop, shell("sleep 1000"), [&](Result<Ended>) { told = true; }, kept);
  CHECK(kept.use_count() == 2);
  pending = {};
  CHECK(turn_until(loop, [&] { return kept.use_count() == 1; }));
  CHECK_FALSE(told);
}

TEST_CASE("process: what it leaves in its group goes with it, and is not waited for") {
  auto ended = run(shell("sleep 1000 & echo $!"));
  REQUIRE(ended);
  CHECK(ended->code == 0);
  long left = std::stol(ended->out);
  loop::Loop loop;
  CHECK(turn_until(loop, [&] { return is_gone(left); }));
}
