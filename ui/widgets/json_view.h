// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPlainTextEdit>
#include <string_view>

namespace muster::ui {

/// JSON to read: laid out, keys set apart by colour, selectable and copyable. Setting the same
/// text again changes nothing, and other text keeps the place it was scrolled to.
/// Thread safety: the GUI thread's.
class JsonView : public QPlainTextEdit {
    Q_OBJECT

public:
    explicit JsonView(QWidget* parent = nullptr);

    void setJson(std::string_view json);

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void fitHeight();
};

}  // namespace muster::ui
