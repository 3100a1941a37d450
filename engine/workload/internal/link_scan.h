// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster {

/// A link as it stands in a page.
struct PageLink {
    std::string target;
    std::uint64_t line = 0;  ///< from 1
};

/// What the href and src attributes of an HTML page's tags point to, with character references
/// decoded; not in comments, scripts and styles. After the tokenizer of the HTML standard
/// (https://html.spec.whatwg.org/#tokenization), as far as finding attributes needs it.
[[nodiscard]] std::vector<PageLink> htmlLinks(std::string_view text);

/// Of a Markdown page (CommonMark): inline links and pictures, link definitions, and the tags
/// of HTML in it; not in code.
[[nodiscard]] std::vector<PageLink> markdownLinks(std::string_view text);

/// Where a link leads on the same site.
struct SitePath {
    std::string path;    ///< from the root, with its query, as it is requested
    std::string anchor;  ///< without the "#"
};

/// The link of a page ("guide/a b.html", relative to the root), resolved by RFC 3986. None: it
/// leads elsewhere, or is no address (mailto:, javascript:).
[[nodiscard]] std::optional<SitePath> resolveLink(std::string_view page, std::string_view target);

}  // namespace muster
