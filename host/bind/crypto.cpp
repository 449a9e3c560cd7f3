#include "bind/bind.h"

#include "base/text.h"
#include "codec/digest.h"
#include "loop/worker.h"
#include "script/args.h"
#include "script/effort.h"
#include "script/push.h"
#include "script/task.h"

#include <atomic>
#include <memory>
#include <new>
#include <string>

namespace host::bind {

namespace args = script::args;
namespace digest = codec::digest;

// The text at `index`, which something is about to go through whole.
static std::string_view long_text(lua_State* L, script::Effort& effort, int index) {
  std::string_view text = args::string(L, index);
  effort.work(text.size());
  return text;
}

template <std::string (*method)(std::string_view)>
static int hex_digest(lua_State* L) {
  script::Effort effort(L);
  return script::push_string(L, base::text::hex(method(long_text(L, effort, 1))));
}

static int crypto_hmac_sha256(lua_State* L) {
  script::Effort effort(L);
  long_text(L, effort, 2);
  std::string out = digest::hmac_sha256(args::string(L, 1), args::string(L, 2));
  return script::push_string(L, args::boolean(L, 3, false) ? out : base::text::hex(out));
}

namespace {
// The thread of a state for what takes a core for long. It goes with the state, and makes nothing any more then.
struct Slow {
  std::atomic<bool> closing{false};
  loop::Worker worker{"passwords", 5};
  ~Slow() { closing = true; }
};
}  // namespace

static Slow& slow(lua_State* L) {
  static const char key = 0;
  lua_pushlightuserdata(L, const_cast<char*>(&key));
  lua_rawget(L, LUA_REGISTRYINDEX);
  auto* known = static_cast<Slow*>(lua_touserdata(L, -1));
  lua_pop(L, 1);
  if (known) return *known;
  lua_pushlightuserdata(L, const_cast<char*>(&key));
  auto* made = new (lua_newuserdata(L, sizeof(Slow))) Slow;
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, [](lua_State* state) {
    static_cast<Slow*>(lua_touserdata(state, 1))->~Slow();
    return 0;
  });
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  lua_rawset(L, LUA_REGISTRYINDEX);
  return *made;
}

static int crypto_scrypt(lua_State* L) {
  script::Task& task = script::Task::require(L, "crypto.scrypt");
  std::string_view password = args::string(L, 1);
  std::string_view salt = args::string(L, 2);
  long long cost = args::integer(L, 3, 15);
  if (password.size() > 4096) return luaL_argerror(L, 1, "at most 4096 bytes");
  if (salt.size() < 8 || salt.size() > 256) return luaL_argerror(L, 2, "8 to 256 bytes");
  if (cost < 10 || cost > 17) return luaL_argerror(L, 3, "10 to 17");
  Services& lane = services(L);
  auto counted = lane.passwords->enter();
  if (!counted) return script::push_error(L, base::unavailable("too many passwords wait to be checked"));
  Slow& own = slow(L);
  return task.suspend(own.worker.run(
      *lane.loop,
      [&own, password = std::string(password), salt = std::string(salt), cost = static_cast<unsigned>(cost),
       counted = std::move(counted)] {
        return own.closing ? std::string() : base::text::hex(digest::scrypt(password, salt, cost));
      },
      [resume = task.resumer()](std::string made) {
        resume([made = std::move(made)](lua_State* co) { return script::push_string(co, made); });
      }));
}

static int crypto_seal(lua_State* L) {
  script::Effort effort(L);
  long_text(L, effort, 2);
  return script::push_string(L, digest::base64(digest::seal(args::string(L, 1), args::string(L, 2))));
}

static int crypto_unseal(lua_State* L) {
  script::Effort effort(L);
  long_text(L, effort, 2);
  auto sealed = digest::unbase64(args::string(L, 2));
  auto text = sealed ? digest::unseal(args::string(L, 1), *sealed) : std::nullopt;
  if (!text) return 0;
  return script::push_string(L, *text);
}

static int crypto_random(lua_State* L) {
  long long count = args::integer(L, 1);
  if (count < 1 || count > 1024) return luaL_argerror(L, 1, "1 to 1024 bytes");
  return script::push_string(L, base::text::hex(digest::random(static_cast<size_t>(count))));
}

template <bool url>
static int encode_base64(lua_State* L) {
  script::Effort effort(L);
  std::string_view bytes = long_text(L, effort, 1);
  effort.made(bytes.size() / 3 * 4);
  return script::push_string(L, digest::base64(bytes, url));
}

template <bool url>
static int decode_base64(lua_State* L) {
  script::Effort effort(L);
  auto bytes = digest::unbase64(long_text(L, effort, 1), url);
  if (!bytes) return 0;
  return script::push_string(L, *bytes);
}

static int crypto_equal(lua_State* L) {
  lua_pushboolean(L, digest::equal(args::string(L, 1), args::string(L, 2)));
  return 1;
}

void open_crypto(lua_State* L) {
  static constexpr luaL_Reg functions[] = {{"sha256", hex_digest<digest::sha256>},
                                           {"sha1", hex_digest<digest::sha1>},
                                           {"md5", hex_digest<digest::md5>},
                                           {"hmac_sha256", crypto_hmac_sha256},
                                           {"scrypt", crypto_scrypt},
                                           {"seal", crypto_seal},
                                           {"unseal", crypto_unseal},
                                           {"random", crypto_random},
                                           {"base64", encode_base64<false>},
                                           {"unbase64", decode_base64<false>},
                                           {"base64url", encode_base64<true>},
                                           {"unbase64url", decode_base64<true>},
                                           {"equal", crypto_equal},
                                           {nullptr, nullptr}};
  open_module(L, "crypto", functions);
}

}  // namespace host::bind
