// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <functional>

class QVBoxLayout;

namespace muster::ui {

/// Outcomes of what was done, at the lower right; they leave by themselves, errors later, and
/// never take the focus. Thread safety: the GUI thread's.
class Toasts : public QWidget {
    Q_OBJECT

public:
    /// Stays over `window`, above `bottom` pixels.
    Toasts(QWidget* window, int bottom);

    void tell(const QString& text);
    /// With one thing to do about it; offers made before it are withdrawn.
    void tell(const QString& text, const QString& action, std::function<void()> run);
    void tellError(const QString& text);

    /// Stays until it is removed: for what is under way. The id is never 0.
    int keep(const QString& text, const QString& action, std::function<void()> run);
    void update(int id, const QString& text);
    void remove(int id);
    void clear();

    /// What stands there now, newest last.
    [[nodiscard]] QStringList texts() const;

    static constexpr int kStayMs = 6'000;
    static constexpr int kErrorStayMs = 15'000;
    static constexpr int kMost = 3;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    class Toast;

    Toast* add(const QString& text, bool error, const QString& action, std::function<void()> run);
    [[nodiscard]] Toast* at(int place) const;
    [[nodiscard]] Toast* find(int id) const;
    void makeRoom();
    void place();
    void settle();

    QVBoxLayout* m_rows;
    int m_bottom;
    int m_lastId = 0;
};

}  // namespace muster::ui
