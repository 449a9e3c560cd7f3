#include "codec/form.h"

#include "base/text.h"

namespace host::codec::form {

using base::Result;

static Result<std::string> decode(std::string_view text) {
  auto decoded = base::text::percent_decode(text, true);
  if (!decoded) return base::invalid("form: broken escape: " + std::string(text.substr(0, 40)));
  if (decoded->find('\0') != std::string::npos) return base::invalid("form: a NUL byte");
  return std::move(*decoded);
}

Result<Fields> parse(std::string_view text, std::size_t max_fields) {
  Fields fields;
  while (!text.empty()) {
    std::size_t end = text.find('&');
    std::string_view piece = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (piece.empty()) continue;
    if (fields.size() == max_fields) {
      return base::invalid("form: more than " + std::to_string(max_fields) + " fields");
    }
    std::size_t equals = piece.find('=');
    TRY(std::string name, decode(piece.substr(0, equals)));
    std::string value;
    if (equals != std::string_view::npos) {
      TRY(value, decode(piece.substr(equals + 1)));
    }
    fields.push_back({std::move(name), std::move(value)});
  }
  return fields;
}

std::string build(const Fields& fields) {
  std::string out;
  for (const Field& field : fields) {
    if (!out.empty()) out += '&';
    out += base::text::percent_encode(field.name);
    out += '=';
    out += base::text::percent_encode(field.value);
  }
  return out;
}

const std::string* find(const Fields& fields, std::string_view name) noexcept {
  for (const Field& field : fields) {
    if (field.name == name) return &field.value;
  }
  return nullptr;
}

}  // namespace host::codec::form
