#include "bind/bind.h"

#include "base/text.h"
#include "codec/digest.h"
#include "script/args.h"
#include "script/effort.h"
#include "script/push.h"

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
