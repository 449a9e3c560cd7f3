// XML: no input may crash the parser, and what was read reads the same after it was
// written.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "codec/xml.h"

namespace xml = host::codec::xml;

namespace {

struct Rewrite : xml::Handler {
  std::string out, names;
  bool open = false;
  std::string stack;

  void close_tag() {
    if (open) out += '>';
    open = false;
  }
  void begin(std::string_view name) override {
    close_tag();
    out += '<';
    out += name;
    stack += '<';
    stack += name;
    open = true;
  }
  void attribute(std::string_view name, std::string_view value) override {
    if (!host::base::text::valid_utf8(value)) std::abort();
    out += ' ';
    out += name;
    out += "=\"";
    xml::append_attribute(out, value);
    out += '"';
  }
  void text(std::string_view text) override {
    if (!host::base::text::valid_utf8(text)) std::abort();
    close_tag();
    xml::append_text(out, text);
  }
  void end() override {
    close_tag();
    std::size_t at = stack.rfind('<');
    if (at == std::string::npos) std::abort();
    out += "</" + stack.substr(at + 1) + ">";
    stack.resize(at);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  Rewrite any;
  std::string document = "<a>x";
  xml::append_text(document, text);
  document += "</a>";
  if (document.size() < xml::max_size && !xml::parse(document, any)) std::abort();

  Rewrite first;
  if (!xml::parse(text, first)) return 0;
  if (!first.stack.empty()) std::abort();
  Rewrite second;
  if (!xml::parse(first.out, second)) std::abort();
  return 0;
}
