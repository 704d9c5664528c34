#pragma once

#include <QFrame>

class QLabel;
class QPlainTextEdit;

namespace gui
{

/// Edits one message in its place. Ctrl+Enter keeps the text as a new branch (and has it answered, for a
/// user's message), Ctrl+Shift+Enter keeps it without an answer, Esc leaves everything as it was. Thread:
/// GUI.
class MessageEditor final : public QFrame
{
    Q_OBJECT

public:
    MessageEditor(const QString &text, const QFont &font, bool isUser, QWidget *parent);

    QString text() const;
    int wantedHeight() const; ///< of its present text, within bounds

Q_SIGNALS:
    void accepted(const QString &text, bool answer);
    void cancelled();
    void heightChanged();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    const bool m_isUser;
    QPlainTextEdit *m_edit;
    QLabel *m_hint;
};

} // namespace gui
