#pragma once

#include "gui/models/transcript_model.h"
#include "gui/widgets/message_row.h"

#include <QAbstractScrollArea>
#include <QPointer>
#include <QSet>
#include <QTimer>

#include <map>
#include <memory>

class QPushButton;

namespace gui
{

class MessageEditor;

/// The messages of one chat, as a scrolling page of text.
///
/// Only rows within two screens have a document; of the others a height is remembered or guessed. While an
/// answer grows, its row is brought up to date at most every kFrameMs (less often where that costs much), and
/// the view stays at the end only if it was there. Selection goes over messages. Thread: GUI.
class TranscriptView final : public QAbstractScrollArea
{
    Q_OBJECT

public:
    static constexpr int kFrameMs = 33;
    static constexpr int kMaxTextWidth = 760;

    explicit TranscriptView(QWidget *parent = nullptr);
    ~TranscriptView() override;

    void setModel(TranscriptModel *model);
    TranscriptModel *model() const { return m_model; }
    /// A line behind the last message: what it waits for, and the verb that helps. Empty: none.
    void setNotice(const QString &text, const QString &verb);

    int currentRow() const { return m_current; }
    void setCurrentRow(int row);
    /// Moves the current row and brings it into sight.
    void moveCurrent(int step);
    /// The row that commands without a mouse mean: the current one, else the last.
    int commandRow() const;
    void toggleThinking();
    /// Answers of a mix are coloured by the voice that said each word, with a legend below.
    void setVoiceColors(bool on);
    void editRow(int row);
    bool isEditing() const { return m_editor != nullptr; }
    bool hasSelection() const { return m_anchor != m_head; }
    QString selectedText() const;
    void clearSelection();
    void scrollToEnd();
    bool isAtEnd() const;
    QRect rowRect(int row) const; ///< in the viewport

    /// Characters parsed or inserted in all documents so far (see MessageDocument).
    qint64 workedCharacters() const;
    int documentCount() const { return int(m_rows.size()); }

public Q_SLOTS:
    void copy(); ///< the selection, else the current message as Markdown
    void selectAll();

Q_SIGNALS:
    void commandChosen(gui::MessageCommand command, int row);
    void edited(int row, const QString &text, bool answer);
    void noticeVerbPressed();
    void saveCodeRequested(const QString &code, const QString &language);
    void typed(const QString &text); ///< a character meant for the composer
    void currentRowChanged(int row);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void changeEvent(QEvent *event) override;
    bool event(QEvent *event) override;
    bool viewportEvent(QEvent *event) override;

private:
    /// A place in the transcript.
    struct Place {
        int row = 0;
        TextPosition position;
        auto operator<=>(const Place &) const = default;
    };

    void reset();
    void rowsInserted(int first, int last);
    void rowsRemoved(int first, int last);
    void rowsChanged(int first, int last);
    void bringUpToDate();
    void updateLayout();
    void recomputeTops();
    bool layOutNear(); ///< true: a height is another than before
    void syncRow(int row);
    void dropFarRows();
    void closeEditor();
    void updatePill();
    void placeEditor();
    void restyle();
    int rowAt(qreal y) const;
    QPointF toRow(QPointF viewportPoint, int row) const;
    Place placeAt(QPointF viewportPoint) const;
    RowHit hitAt(QPointF viewportPoint, int &row) const;
    void updateHover(QPointF viewportPoint);
    void activate(const RowHit &hit, int row);
    void choose(MessageCommand command, int row);
    void paintNotice(QPainter &painter);
    QRectF noticeRect() const;
    QRectF noticeButton() const;
    qreal scrollOffset() const;
    qreal columnLeft() const;
    qreal columnWidth() const;
    bool showsThinking(NodeId id) const { return m_showThinking != m_thinkingExceptions.contains(id); }
    void addMenuCommands(QMenu &menu, int row);

    QPointer<TranscriptModel> m_model;
    TextStyle m_style;
    std::map<int, std::unique_ptr<MessageRow>> m_rows; ///< those with a document
    QVector<qreal> m_heights;
    QVector<qreal> m_tops; ///< one more than rows: the last is the end
    qint64 m_droppedWork = 0;

    QSet<int> m_dirty;
    QTimer m_frameTimer;
    bool m_isLayingOut = false;
    bool m_sticks = true;
    int m_tokensWhenLeft = -1;
    QPushButton *m_pill;

    int m_current = -1;
    int m_hovered = -1;
    std::optional<MessageCommand> m_underMouse;
    Place m_anchor, m_head; ///< selection; equal: none
    bool m_isSelecting = false;
    bool m_pressedButton = false;
    QPoint m_pressedAt;

    bool m_showThinking = false;
    bool m_showVoices = false;
    QSet<NodeId> m_thinkingExceptions;
    QString m_notice, m_noticeVerb;
    MessageEditor *m_editor = nullptr;
    NodeId m_edited = 0;
};

} // namespace gui
