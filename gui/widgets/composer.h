#pragma once

#include <QFrame>
#include <QPlainTextEdit>
#include <QTimer>

class QLabel;
class QPushButton;
class QToolButton;

namespace gui
{

/// The text field of the composer: Enter sends, keys of an open input-method composition never act.
class ComposerEdit final : public QPlainTextEdit
{
    Q_OBJECT

public:
    using QPlainTextEdit::QPlainTextEdit;

public Q_SLOTS:
    /// The slots that Edit > Undo and Redo call by name: the text's own changes first, then those that the
    /// page can take back or make again.
    void undo();
    void redo();

Q_SIGNALS:
    void sendPressed();
    void upInEmpty();
    void escapePressed();
    void undoPressed();           ///< and there is nothing to undo in the text
    void redoPressed();           ///< and there is nothing to redo in the text
    void browsePressed(int step); ///< Ctrl+Up, Ctrl+Down: by messages

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void inputMethodEvent(QInputMethodEvent *event) override;
    bool event(QEvent *event) override;

private:
    bool m_isComposing = false;
};

/// Where messages are written: grows with its text, sends, stops, tells the number of tokens. Thread: GUI.
class Composer final : public QFrame
{
    Q_OBJECT

public:
    explicit Composer(QWidget *parent = nullptr);

    QString text() const { return m_edit->toPlainText(); }
    void setText(const QString &text);
    void insert(const QString &text);
    /// Generating: Send becomes Stop.
    void setGenerating(bool generating);
    void setPlaceholder(const QString &text);
    /// The number of tokens of the text that countRequested() named; negative: unknown.
    void setTokenCount(int tokens);
    /// A message that waits until the answer is done; empty: none.
    void setQueued(const QString &text);

Q_SIGNALS:
    void sendRequested(const QString &text);
    void stopRequested();
    void editLastRequested();
    void unqueueRequested();
    void undoRequested();
    void redoRequested();
    void browseRequested(int step);
    /// The text has rested; its tokens should be counted.
    void countRequested(const QString &text);
    void textEdited();

protected:
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void textChanged();
    void send();
    void restyle();
    void fitHeight();
    void updateButton();
    void updateHint();

    ComposerEdit *m_edit;
    QPushButton *m_button;
    QLabel *m_hint;
    QLabel *m_queued;
    QToolButton *m_unqueue;
    QTimer m_countTimer;
    bool m_isGenerating = false;
    int m_tokens = -1;
};

} // namespace gui
