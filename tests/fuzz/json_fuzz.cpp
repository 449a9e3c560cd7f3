// JSON: no input may crash the parser, and what was read reads the same after it was
// written.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "codec/json.h"

namespace json = host::codec::json;

namespace {

// Writes the document down again; commas where they belong.
struct Rewrite : json::Handler {
  std::string out;
  bool php = false;
  bool first = true;

  void begin_value() {
    if (!first) out += ',';
    first = false;
  }
  void null() override {
    begin_value();
    out += "null";
  }
  void boolean(bool value) override {
    begin_value();
    out += value ? "true" : "false";
  }
  void number(double value) override {
    begin_value();
    json::append_number(out, value);
  }
  void string(std::string_view text) override {
    if (!host::base::text::valid_utf8(text)) std::abort();
    begin_value();
    json::append_string(out, text, php);
  }
  void begin_array() override {
    begin_value();
    out += '[';
    first = true;
  }
  void end_array() override {
    out += ']';
    first = false;
  }
  void begin_object() override {
    begin_value();
    out += '{';
    first = true;
  }
  void key(std::string_view name) override {
    begin_value();
    json::append_string(out, name, php);
    out += ':';
    first = true;
  }
  void end_object() override {
    out += '}';
    first = false;
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  std::string any;
  json::append_string(any, text);
  Rewrite written;
  if (!json::parse(any, written) || written.out != any) std::abort();

  Rewrite first;
  if (!json::parse(text, first)) return 0;
  Rewrite second;
  if (!json::parse(first.out, second) || second.out != first.out) std::abort();
  Rewrite escaped;
  escaped.php = true;
  if (!json::parse(first.out, escaped)) std::abort();
  Rewrite back;
  if (!json::parse(escaped.out, back) || back.out != first.out) std::abort();
  return 0;
}
