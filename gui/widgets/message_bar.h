#pragma once

#include "gui/error_text.h"

#include <QFrame>

class QLabel;
class QPushButton;
class QToolButton;

namespace gui
{

/// A message beside its cause, with at most one verb that fixes it; takes no space while there is nothing to
/// say.
class MessageBar final : public QFrame
{
    Q_OBJECT

public:
    enum class Kind { Info, Warning, Error };

    /// Beside: the verb stands at the right; Below: under the text, for narrow places.
    enum class Verb { Beside, Below };

    explicit MessageBar(QWidget *parent = nullptr, Verb verb = Verb::Beside);

    /// `detail` is shown below in small print; `verb` is the button's text, none if empty.
    void showMessage(Kind kind, const QString &text, const QString &detail = {}, const QString &verb = {});
    /// With the error's own advice and verb; pressing it emits remedyChosen().
    void showError(const engine::Error &error);
    void dismiss();

    Kind kind() const { return m_kind; }
    QString text() const;

Q_SIGNALS:
    void verbPressed();
    void remedyChosen(gui::Remedy remedy);
    void dismissed();

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void press();
    void updateIcon();

    Kind m_kind = Kind::Info;
    Remedy m_remedy = Remedy::None;
    QLabel *m_icon;
    QLabel *m_text;
    QLabel *m_detail;
    QPushButton *m_verb;
    QToolButton *m_close;
};

} // namespace gui
