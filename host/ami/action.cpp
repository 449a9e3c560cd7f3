#include "ami/action.h"

#include <algorithm>

#include "base/text.h"

namespace host::ami {

using base::Result;
using base::invalid;
using base::text::iequals;

static bool letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
static bool digit(char c) noexcept { return c >= '0' && c <= '9'; }

static bool plain_name(std::string_view name) noexcept {
  return !name.empty() && letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [](char c) { return letter(c) || digit(c); });
}

// A value as an error may show it: short and on one line.
static std::string shown(std::string_view text) {
  std::string out(text.substr(0, 60));
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20) c = '?';
  }
  return out;
}

Action& Action::add(std::string_view header, std::string_view value) {
  headers_.emplace_back(header, value);
  return *this;
}

Action& Action::variable(std::string_view name, std::string_view value) {
  std::string quoted(name);
  quoted += '=';
  for (char c : value) {
    // What app.c's argument splitter looks at; a backslash takes the next byte as it is.
    if (std::string_view("\\,\"()[]").find(c) != std::string_view::npos) quoted += '\\';
    quoted += c;
  }
  return add("Variable", quoted);
}

std::string_view Action::get(std::string_view header) const noexcept {
  for (const auto& [name, value] : headers_) {
    if (iequals(name, header)) return value;
  }
  return {};
}

// The functions a script may set or read by Setvar and Getvar. Others reach files, the
// shell, the network or the store from a mere variable name (CVE-2024-42365).
static bool known_function(std::string_view name) noexcept {
  static constexpr std::string_view allowed[] = {
      "CALLERID",       "CDR",           "CHANNEL",      "CONNECTEDLINE",   "DB",
      "DEVICE_STATE",   "EXTENSION_STATE", "GLOBAL",     "GROUP_COUNT",     "HINT",
      "MAILBOX_EXISTS", "PJSIP_AOR",     "PJSIP_CONTACT", "PRESENCE_STATE", "QUEUE_MEMBER",
      "QUEUE_VARIABLES", "QUEUE_WAITING_COUNT", "REDIRECTING", "TIMEOUT",   "VM_INFO",
      "VOLUME"};
  return std::find(std::begin(allowed), std::end(allowed), name) != std::end(allowed);
}

// Setvar and Getvar: a name, or one allowed function with a plain argument.
static Result<void> check_variable_name(std::string_view name) {
  std::size_t open = name.find('(');
  if (open == std::string_view::npos) {
    if (plain_name(name)) return {};
    return invalid("Variable: not a variable name: " + shown(name));
  }
  std::string_view function = name.substr(0, open);
  std::string_view argument = name.substr(open + 1);
  if (!known_function(function) || argument.empty() || argument.back() != ')') {
    return invalid("Variable: function not allowed: " + shown(name));
  }
  argument.remove_suffix(1);
  if (argument.find_first_of("()${}") != std::string_view::npos) {
    return invalid("Variable: not a plain argument: " + shown(name));
  }
  return {};
}

// Originate and its kin: NAME=value, or several joined by commas. Asterisk splits at
// the commas itself, so each part's name counts.
static Result<void> check_assignment(std::string_view text, bool dashes) {
  bool first = true;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '\\') {
      ++i;
      continue;
    }
    if (i < text.size() && text[i] != ',') continue;
    std::string_view part = text.substr(start, i - start);
    start = i + 1;
    std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) {
      if (first) return invalid("Variable: not name=value: " + shown(part));
      continue;  // Asterisk drops a part without one
    }
    std::string name(part.substr(0, equals));
    // SIP header names, which PJSIPNotify and SIPnotify take here.
    if (dashes) std::replace(name.begin() + (name.empty() ? 0 : 1), name.end(), '-', '_');
    if (!plain_name(name)) {
      return invalid("Variable: not a variable name: " + shown(part.substr(0, equals)));
    }
    first = false;
  }
  return {};
}

// Asterisk skips these before a value.
static std::string_view without_leading_blanks(std::string_view value) noexcept {
  auto first = std::find_if(value.begin(), value.end(),
                            [](char c) { return static_cast<unsigned char>(c) > 0x20; });
  return value.substr(static_cast<std::size_t>(first - value.begin()));
}

static bool plain_header(std::string_view name) noexcept {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return letter(c) || digit(c) || c == '-' || c == '.';
  });
}

Result<void> Action::check() const {
  if (name_.empty() || !std::all_of(name_.begin(), name_.end(),
                                    [](char c) { return letter(c) || digit(c); })) {
    return invalid("action: not an action name: " + shown(name_));
  }
  if (headers_.size() > most_headers) {
    return invalid(name_ + ": more than " + std::to_string(most_headers) + " headers");
  }
  const bool names_only = iequals(name_, "Setvar") || iequals(name_, "Getvar");
  const bool notify = iequals(name_, "PJSIPNotify") || iequals(name_, "SIPnotify");
  for (const auto& [header, value] : headers_) {
    if (!plain_header(header)) return invalid(name_ + ": not a header name: " + shown(header));
    if (iequals(header, "Action") || iequals(header, "ActionID")) {
      return invalid(name_ + ": the host sets " + header);
    }
    if (base::text::has_line_break(value)) {
      return invalid(header + ": holds a line break: " + shown(value));
    }
    if (header.size() + 2 + value.size() > longest_line) {
      return invalid(header + ": longer than " + std::to_string(longest_line) + " bytes");
    }
    if (iequals(header, "Variable")) {
      TRY_VOID(names_only ? check_variable_name(value) : check_assignment(value, notify));
    }
  }
  // A pattern would end the calls of every tenant.
  if (iequals(name_, "Hangup") && without_leading_blanks(get("Channel")).starts_with('/')) {
    return invalid("Channel: a pattern, not a channel: " + shown(get("Channel")));
  }
  // Asterisk answers nothing else on the connection until such a call is answered.
  if (iequals(name_, "Originate") && !get("Async").empty() && !iequals(get("Async"), "true") &&
      !iequals(get("Async"), "yes") && get("Async") != "1") {
    return invalid("Async: an originate that waits blocks the connection: " + shown(get("Async")));
  }
  return {};
}

std::string Action::serialise(std::string_view action_id) const {
  std::string out;
  out.reserve(64 + headers_.size() * 48);
  out.append("Action: ").append(name_).append("\r\nActionID: ").append(action_id).append("\r\n");
  for (const auto& [header, value] : headers_) {
    out.append(header).append(": ").append(value).append("\r\n");
  }
  if (iequals(name_, "Originate") && get("Async").empty()) out.append("Async: true\r\n");
  return out.append("\r\n");
}

}  // namespace host::ami
